import { describe, expect, test } from 'vitest';
import { ENTRIES, settled } from '../../test/world.ts';
import type { TrustingClient } from './trusting-client.ts';

const uuid = (last: number) => `00000000-0000-4000-8000-${String(last).padStart(12, '0')}`;
const [, { createWorld, createOpenWorld }] = ENTRIES;

describe('a client that trusts its gateway', () => {
  test('talks to no gateway that does not prove who it is, and offers no revision without a proof', async () => {
    const { client, gateway } = await createWorld({ gatewayOptions: { revisions: [2] } });

    await expect(client.connect()).rejects.toMatchObject({ code: 'refused', mustChange: 'gateway' });
    expect(gateway.last.offer).toMatchObject({ protocol_rev: 3, protocol_revs: [3] });
    await expect(createWorld({ revisions: [2, 3] })).rejects.toMatchObject({ code: 'bad_configuration' });
  });

  test('takes a result as it comes: nothing is filled in, dropped or refused', async () => {
    const { client, gateway } = await createOpenWorld();
    const asked = client.request('conversation.archive', { conversation_id: 'c', archived: true });
    await settled();
    gateway.last.answer('conversation.archive', { conversation_id: 7, unheard_of: true });

    await expect(asked).resolves.toEqual({ conversation_id: 7, unheard_of: true });
  });

  test('takes an event as it comes, also one that is newer than itself, and acknowledges it', async () => {
    const { client, gateway, clock } = await createWorld();
    const heard: unknown[] = [];
    client.on('turn.queued', ({ payload }) => heard.push(payload));
    client.on('moon.rose' as 'turn.queued', ({ payload }) => heard.push(payload));
    await client.connect();
    gateway.last.emit('turn.queued', { turn_id: 'not a uuid', unheard_of: 1 });
    const last = gateway.last.emit('moon.rose', { full: true });
    await clock.advance(1_000);

    expect(heard).toEqual([{ turn_id: 'not a uuid', unheard_of: 1 }, { full: true }]);
    expect(gateway.last.acks).toEqual([last]);
  });

  test('answers a ping, and refuses whatever else it is asked', async () => {
    const { gateway } = await createOpenWorld();
    gateway.last.ask('ping', {}, 'g-1');
    gateway.last.ask('task.execute', {}, 'g-2');
    await settled();

    expect(gateway.last.responses).toMatchObject([
      { request_id: 'g-1', type: 'ping', ok: true },
      {
        request_id: 'g-2',
        ok: false,
        error: { code: 'unsupported_operation', message: 'task.execute is not served here' },
      },
    ]);
  });

  test('serves nothing, and says which client would', async () => {
    const { client } = await createWorld();
    const small: TrustingClient = client;

    // @ts-expect-error: a client that trusts its gateway has no `handle`
    expect(() => small.handle('task.execute', () => ({}))).toThrow('take createClient of @tyrum/client-sdk');
  });

  test('settles a request also by a refusal that says nothing, and reports one that answers nothing', async () => {
    const { client, gateway, errors } = await createOpenWorld({ mayReportErrors: true });
    const asked = client.request('turn.get', { turn_id: uuid(1) });
    await settled();
    const [request] = gateway.last.requests;
    gateway.last.sendRaw(JSON.stringify({ request_id: request?.request_id, type: 'turn.get', ok: false }));
    gateway.last.sendRaw('{"request_id":"r","type":"ping","ok":false}');

    await expect(asked).rejects.toMatchObject({ code: 'invalid_message', sent: true });
    expect(errors).toEqual(['reading a frame: frame of the gateway: expected a type, and a code where it is an error']);
  });
});
