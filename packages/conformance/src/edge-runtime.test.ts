import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endGateways,
  type GatewayProcess,
  makeDataDirectory,
  PROCESS_TIMEOUT_MS,
  startGateway,
  TOKEN,
} from './gateway-process.ts';
import { createWebRealm } from './web-realm.ts';

/** What a program in such a runtime does; it answers what it saw. */
const PROGRAM = `
async function program(sdk, url, token) {
  const client = sdk.createClient({ url, token, identity: await sdk.generateIdentity(), onGatewayTrusted: () => {} });
  const created = client.events({ types: ['conversation.created'] });
  const { revision, gateway } = await client.connect();
  const { conversation } = await client.request('conversation.create', { title: 'from the edge' });
  const { value: event } = await created.next();
  const refusal = await client.request('conversation.get', { conversation_id: '' }).catch(({ code, message }) => ({ code, message }));
  await client.close();
  return JSON.stringify({ revision, trust: gateway.trust, same: event.payload.conversation.conversation_id === conversation.conversation_id, refusal });
}`;

describe('the client as a bundle, where there is nothing but the web', () => {
  let gateway: GatewayProcess;
  beforeAll(async () => {
    gateway = await startGateway(await makeDataDirectory());
  }, PROCESS_TIMEOUT_MS);
  afterAll(endGateways);

  it.each(['index', 'trusting'])('reaches a real gateway: %s', { timeout: PROCESS_TIMEOUT_MS }, async (entry) => {
    const realm = createWebRealm();
    realm.run(`${await bundleOf(entry)}\n${PROGRAM}`);

    expect(realm.run(`[typeof process, typeof Buffer, typeof require, typeof global].join()`)).toBe(
      'undefined,undefined,undefined,undefined',
    );
    const answer = realm.run(`program(sdk, 'ws://127.0.0.1:${gateway.port}/ws', '${TOKEN}')`);

    expect(JSON.parse(String(await answer))).toEqual({
      revision: 3,
      trust: 'first_use',
      same: true,
      refusal: { code: 'contract_error', message: expect.stringContaining('payload.conversation_id') },
    });
  });
});

/** An entry of the client as a script that leaves it in `sdk`. */
async function bundleOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../client-sdk/src/${entry}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    globalName: 'sdk',
    platform: 'browser',
    conditions: ['@tyrum/source'],
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}
