import { describe, expect, test } from 'vitest';
import { bundleForBrowsers } from './bundle.ts';

describe('a bundle for browsers', () => {
  test.each(['@tyrum/client-sdk', '@tyrum/contracts'])('of %s names no module of Node.js', async (name) => {
    const { text, nodeModules } = await bundleForBrowsers(
      `export * from './packages/${name.split('/')[1]}/src/index.ts';`,
    );

    expect(nodeModules).toEqual([]);
    expect(text).not.toMatch(/["'`]node:/);
    expect(text.length).toBeGreaterThan(1000);
  });

  test('takes the WebSocket of the browser, not that of Node.js', async () => {
    const { inputs } = await bundleForBrowsers(`export * from './packages/client-sdk/src/index.ts';`);

    expect(inputs.filter((path) => path.includes('/node_modules/isomorphic-ws/'))).toEqual([
      expect.stringMatching(/isomorphic-ws\/browser\.js$/),
    ]);
    expect(inputs.filter((path) => path.includes('/node_modules/ws/'))).toEqual([]);
  });

  test('of the client has neither zod in it nor the definitions that need it', async () => {
    const { inputs } = await bundleForBrowsers(`export * from './packages/client-sdk/src/index.ts';`);

    expect(inputs).toContain('packages/contracts/src/spoken/shapes.gen.ts');
    expect(inputs.filter((path) => /\/zod\/|\/(operations|schemas|define|artefacts)\//.test(path))).toEqual([]);
  });

  test('of the client that trusts its gateway has no shape of a message in it, and nothing that serves requests', async () => {
    const { inputs } = await bundleForBrowsers(`export * from './packages/client-sdk/src/trusting.ts';`);

    expect(inputs).toContain('packages/contracts/src/spoken/trusted-facts.gen.ts');
    expect(
      inputs.filter((path) =>
        /\/zod\/|shape|read-|decode\.ts|\/(operations|schemas|define|artefacts)\/|remote-runs|incoming-requests/.test(
          path,
        ),
      ),
    ).toEqual([]);
  });

  test('of the contract has no classic zod in it, and nothing that describes a contract', async () => {
    const { inputs } = await bundleForBrowsers(`export * from './packages/contracts/src/index.ts';`);

    expect(inputs).toContain('packages/contracts/src/tyrum.ts');
    expect(inputs.filter((path) => /\/artefacts|frame-schemas|\/zod\/v4\/(classic|locales)\//.test(path))).toEqual([]);
  });

  test('is reported when it names one, also in a dynamic import and without the prefix', async () => {
    const { nodeModules } = await bundleForBrowsers(`
      import { createHash } from 'node:crypto';
      export const hash = createHash;
      export const files = () => import('fs').catch(() => undefined);
    `);

    expect(nodeModules).toEqual(['fs', 'node:crypto']);
  });
});
