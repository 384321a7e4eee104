import type { Scope } from '@tyrum/contracts';
import { createMemoryStore, generateGatewayKey, nodeSigner } from '@tyrum/gateway-core';
import { describe, expect, it } from 'vitest';
import { createServer } from '../create-server.ts';

async function withServer(run: (world: World) => Promise<void>): Promise<void> {
  const store = createMemoryStore();
  const server = await createServer({ store, signer: nodeSigner(generateGatewayKey()) });
  const { http } = await server.listen();
  const tokens = server.gateway.tokens;
  try {
    await run({
      async tokenFor(scopes) {
        return (await tokens.issue({ tenant: 'default', roles: ['client'], scopes })).token;
      },
      async post(type, frame, token) {
        const response = await fetch(`${http}/rpc/${type}`, {
          method: 'POST',
          body: typeof frame === 'string' ? frame : JSON.stringify(frame),
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        });
        return { status: response.status, body: await response.json() };
      },
    });
  } finally {
    await server.close();
    await store.close();
  }
}

interface World {
  tokenFor(scopes: readonly Scope[]): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: the body is whatever the gateway answers
  post(type: string, frame: unknown, token?: string): Promise<{ status: number; body: any }>;
}

const create = { request_id: 'r-1', type: 'conversation.create', payload: { title: 'over HTTP' } };

describe('a single request over HTTP', () => {
  it('is answered by the same handlers, and its repeat by the same ledger [AZ-3] [RQ-6]', () =>
    withServer(async ({ tokenFor, post }) => {
      const token = await tokenFor(['operator.read', 'operator.write']);

      const first = await post('conversation.create', create, token);
      const again = await post('conversation.create', create, token);
      const list = await post(
        'conversation.list',
        { request_id: 'r-2', type: 'conversation.list', payload: {} },
        token,
      );

      expect(first).toMatchObject({ status: 200, body: { request_id: 'r-1', ok: true } });
      expect(again.body).toEqual({ ...first.body, replayed: true });
      expect(list.body.result.conversations).toHaveLength(1);
    }));

  it('is refused by the same table, with the status that says the same [AZ-3] [AZ-1]', () =>
    withServer(async ({ tokenFor, post }) => {
      const reader = await tokenFor(['operator.read']);

      expect(await post('conversation.create', create, reader)).toMatchObject({
        status: 403,
        body: { ok: false, error: { code: 'forbidden', details: { required_scopes: ['operator.write'] } } },
      });
      expect(await post('conversation.create', create)).toMatchObject({
        status: 401,
        body: { error: { code: 'unauthorized' } },
      });
      expect(await post('no.such', { ...create, type: 'no.such' }, reader)).toMatchObject({ status: 501 });
    }));

  it('is read as strictly as a frame', () =>
    withServer(async ({ tokenFor, post }) => {
      const token = await tokenFor(['operator.write']);

      const wrong = [
        'not json',
        { ...create, type: 'ping' },
        { ...create, extra: 1 },
        { ...create, payload: { title: 7 } },
        [],
      ];
      for (const frame of wrong) {
        expect(await post('conversation.create', frame, token)).toMatchObject({
          status: 400,
          body: { ok: false, error: { code: 'contract_error' } },
        });
      }
    }));

  it('answers what needs no connection, and names what does', () =>
    withServer(async ({ tokenFor, post }) => {
      const token = await tokenFor([]);

      expect(await post('ping', { request_id: 'p', type: 'ping', payload: {} }, token)).toMatchObject({ status: 200 });
      expect(
        await post('events.subscribe', { request_id: 's', type: 'events.subscribe', payload: {} }, token),
      ).toMatchObject({ status: 501, body: { error: { code: 'unsupported_operation' } } });
    }));
});
