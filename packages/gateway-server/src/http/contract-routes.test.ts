import { createHash } from 'node:crypto';
import { type Contract, canonicalJson, defineRequest, tyrum } from '@tyrum/contracts';
import { contractFileSets, describeCatalog, lockContract } from '@tyrum/contracts/artefacts';
import { createMemoryStore, generateGatewayKey, nodeSigner } from '@tyrum/gateway-core';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createServer } from '../create-server.ts';
import { createContractRoutes } from './contract-routes.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

const translateText = defineRequest({
  type: 'translate.text',
  summary: 'Translates a text.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
  payload: z.object({ text: z.string() }),
  result: z.object({ text: z.string() }),
  example: { payload: { text: 'bonjour' }, result: { text: 'good day' } },
});
const extended = lockContract(
  tyrum.extend({ name: 'com.example.translate', modules: { translate: { translateText } } }),
  sha256,
);

interface Index {
  readonly contracts: readonly [
    {
      readonly name: string;
      readonly catalog: string;
      readonly revisions: readonly {
        readonly revision: number;
        readonly hash: string;
        readonly contract: string;
        readonly asyncapi: string;
        readonly files: string;
        readonly extensions: readonly { readonly id: string; readonly hash: string; readonly contract: string }[];
      }[];
    },
  ];
}

/** The routes as they are mounted, asked by their whole path. */
function routesOf(contract: Contract) {
  const app = createContractRoutes(contract, '/contracts');
  const get = (path: string, headers: Record<string, string> = {}) => {
    const response = app.request(path.replace(/^\/contracts/, '') || '/', { headers });
    return Promise.resolve(response);
  };
  const json = async (path: string) => {
    const response = await get(path);
    expect(response.status, path).toBe(200);
    return response.json();
  };
  return { get, json, index: async () => (await json('/contracts')) as Index };
}

describe.each([
  ['the base contract', tyrum],
  ['an extended contract', extended],
] as const)('the files of %s over HTTP', (_what, contract) => {
  const { get, json, index } = routesOf(contract);

  it('are led to by the catalogue: every revision by its hash [RV-14] [RV-17]', async () => {
    const [{ name, catalog, revisions }] = (await index()).contracts;

    expect([name, revisions.map(({ revision }) => revision)]).toEqual(['tyrum', [2, 3]]);
    expect(await json(catalog)).toEqual(JSON.parse(JSON.stringify(describeCatalog(contract))));
    for (const { hash, contract: whole, extensions } of revisions) {
      for (const one of [{ hash, contract: whole }, ...extensions]) {
        const file = await json(one.contract);
        expect(sha256(canonicalJson(file)).toString('base64url'), one.contract).toBe(one.hash);
      }
    }
  });

  it('are those that the package carries, each below its revision [RV-17]', async () => {
    const [{ revisions }] = (await index()).contracts;

    for (const { revision, files } of revisions) {
      const listed = ((await json(files)) as { files: string[] }).files;
      const expected = contractFileSets(contract, revision).flatMap((set) => set.write());
      expect(listed).toEqual(expected.map(({ path }) => `/contracts/tyrum/${path}`));
      for (const [at, path] of listed.entries()) {
        expect(await json(path), path).toEqual(JSON.parse(JSON.stringify(expected[at]?.content)));
      }
    }
  });

  it('refer to each other by paths that are served too [RV-17]', async () => {
    const { files } = (await json('/contracts/tyrum/3')) as { files: string[] };
    const missing = new Set<string>();

    for (const path of files.filter((one) => !one.endsWith('/asyncapi.json') && !one.endsWith('/contract.json'))) {
      for (const [, reference = ''] of JSON.stringify(await json(path)).matchAll(/"\$ref":"([^"#]+)"/g)) {
        const target = new URL(reference, `http://gateway${path}`).pathname;
        if (!files.includes(target)) missing.add(target);
      }
    }

    expect([...missing]).toEqual([]);
  });

  it('have strong tags, by which they are not sent twice [RV-17]', async () => {
    for (const path of ['/contracts', '/contracts/tyrum/catalog.json', '/contracts/tyrum/3/events/turn.queued.json']) {
      const first = await get(path);
      const tag = first.headers.get('ETag') ?? '';
      const text = await first.text();
      expect(tag).toBe(`"${sha256(text).toString('base64url')}"`);

      for (const known of [tag, `"other", ${tag}`, `W/${tag}`, '*']) {
        const again = await get(path, { 'If-None-Match': known });
        expect([again.status, await again.text(), again.headers.get('ETag')]).toEqual([304, '', tag]);
      }
      expect((await get(path, { 'If-None-Match': '"other"' })).status).toBe(200);
    }
  });

  it('are made while everyone else has their turn, however many are asked for at once', async () => {
    const { get: ask } = routesOf(contract);
    let turns = 0;
    let others = setImmediate(function takeTurn() {
      turns += 1;
      others = setImmediate(takeTurn);
    });

    const files = ['contract.json', 'asyncapi.json', 'values/TurnStatus.json', 'contract.json'];
    const answers = await Promise.all(files.map((file) => ask(`/contracts/tyrum/3/${file}`)));
    clearImmediate(others);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers[3]?.headers.get('ETag')).toBe(answers[0]?.headers.get('ETag'));
    // Three sets, each with a step for every message of the revision.
    const { requests, events } = contract.at(3);
    expect(turns).toBeGreaterThan(2 * (requests.size + events.size));
  });

  it('are nothing where there is none', async () => {
    for (const path of [
      '/contracts/tyrum/1',
      '/contracts/tyrum/4/contract.json',
      '/contracts/tyrum/3/events/nothing.json',
      '/contracts/tyrum/3/events/../contract.jso',
      '/contracts/other/3/contract.json',
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
  });
});

describe('the files of a contract', () => {
  const life = async (contract: Contract, path: string) =>
    (await routesOf(contract).get(path)).headers.get('Cache-Control');

  it('are immutable below a revision: for a year when it is released, for minutes before [RV-17]', async () => {
    const turn = (revision: number) => `/contracts/tyrum/${revision}/values/TurnStatus.json`;

    expect(await life(tyrum, turn(2))).toBe('public, max-age=31536000, immutable');
    expect(await life(tyrum, turn(3))).toBe('public, max-age=300, immutable');
    // A release of the base says nothing about the extension.
    expect(await life(extended, turn(2))).toBe('public, max-age=300, immutable');
  });

  it('are asked for again where the address has no revision in it', async () => {
    expect(await life(tyrum, '/contracts')).toBe('public, no-cache');
    expect(await life(tyrum, '/contracts/tyrum/catalog.json')).toBe('public, no-cache');
  });

  it('say what they are', async () => {
    const { get } = routesOf(tyrum);
    const type = async (path: string) => (await get(`/contracts/tyrum${path}`)).headers.get('Content-Type');

    expect(await type('/3/events/turn.queued.json')).toBe('application/schema+json');
    expect(await type('/3/asyncapi.json')).toBe('application/vnd.aai.asyncapi+json; version=3.0.0');
    expect(await type('/3/contract.json')).toBe('application/json');
  });
});

describe('a gateway', () => {
  it('serves the contract that it speaks, without a token [RV-17]', async () => {
    const store = createMemoryStore();
    const server = await createServer({
      store,
      signer: nodeSigner(generateGatewayKey()),
      contract: extended,
      handlers: { 'translate.text': () => ({ text: 'good day' }) },
    });
    try {
      const { http } = await server.listen();
      const response = await fetch(`${http}/contracts/tyrum/3/requests/translate.text.payload.json`);

      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ properties: { text: { type: 'string' } }, required: ['text'] });
      expect((await fetch(`${http}/contracts`, { method: 'HEAD' })).status).toBe(200);
      expect((await fetch(`${http}/contracts/tyrum/9/contract.json`)).status).toBe(404);
    } finally {
      await server.close();
      await store.close();
    }
  });
});
