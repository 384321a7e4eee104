import { describe, expect, test } from 'vitest';
import { createOpenWorld, createWorld, ENTRIES, settled } from '../../test/world.ts';
import { ClientError, createMemoryStorage } from '../index.ts';

const CREATED = {
  conversation: {
    conversation_id: 'conv_1',
    agent_key: 'default',
    channel: 'api',
    thread_id: 'conv_1',
    title: '',
    message_count: 0,
    created_at: '2026-01-02T03:04:05.678Z',
    updated_at: '2026-01-02T03:04:05.678Z',
    archived: false,
    queue_mode: 'followup',
    messages: [],
  },
};

describe.each(ENTRIES)('a request ($entry)', ({ createWorld, createOpenWorld }) => {
  test('tells as_of and replayed to whoever asks for them', async () => {
    const { client, gateway } = await createOpenWorld();

    const asked = client.exchange('conversation.delete', { conversation_id: 'conv_1' });
    await settled();
    gateway.last.answer('conversation.delete', { conversation_id: 'conv_1' }, { as_of: 'c.7', replayed: true });

    expect(await asked).toEqual({ result: { conversation_id: 'conv_1' }, asOf: 'c.7', replayed: true });
  });

  test('rejects with what the gateway answered', async () => {
    const { client, gateway } = await createOpenWorld();

    const asked = client.request('conversation.get', { conversation_id: 'conv_1' });
    await settled();
    gateway.last.refuse('conversation.get', {
      code: 'not_found',
      message: 'no such conversation',
      details: { id: 'conv_1' },
    });

    await expect(asked).rejects.toMatchObject({
      name: 'ProtocolError',
      code: 'not_found',
      message: 'no such conversation',
      details: { id: 'conv_1' },
      retryable: false,
    });
  });

  test('rejects with internal for a code from the future, and keeps it readable', async () => {
    const { client, gateway } = await createOpenWorld();

    const asked = client.request('conversation.get', { conversation_id: 'conv_1' });
    await settled();
    gateway.last.refuse('conversation.get', { code: 'moon_phase', details: 1 });

    await expect(asked).rejects.toMatchObject({ code: 'internal', details: { code: 'moon_phase', details: 1 } });
  });

  test('that JSON cannot say is refused here', async () => {
    const { client } = await createOpenWorld();

    const wrong = client.request('task.submit', { action: { type: 'CLI', args: { size: 1n } } });

    await expect(wrong).rejects.toMatchObject({ code: 'contract_error', details: { issues: [{ path: ['payload'] }] } });
  });

  test('is fixed when it is made: a later change of the object changes nothing', async () => {
    const { client, gateway } = await createWorld();
    const payload = { conversation_id: 'conv_1' };

    void client.request('conversation.get', payload).catch(() => {});
    payload.conversation_id = 'conv_2';
    await client.connect();

    expect(gateway.last.requests.map((frame) => frame.payload)).toEqual([{ conversation_id: 'conv_1' }]);
  });

  test('carries its key and its trace at revision 3', async () => {
    const { client, gateway } = await createOpenWorld();
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

    void client.request('conversation.create', {}, { idempotencyKey: 'key-1', trace }).catch(() => {});
    await settled();

    expect(gateway.last.requests).toEqual([
      { request_id: expect.any(String), type: 'conversation.create', payload: {}, idempotency_key: 'key-1', trace },
    ]);
  });

  test('that is larger than a frame of the gateway is not sent', async () => {
    const { client, gateway } = await createOpenWorld({ gatewayOptions: { limits: { max_frame_bytes: 400 } } });

    const large = client.request('conversation.send', {
      conversation_id: 'conv_1',
      content: [{ type: 'text', text: 'é'.repeat(200) }],
    });

    await expect(large).rejects.toMatchObject({ code: 'frame_too_large', sent: false });
    expect(gateway.last.requests).toEqual([]);
  });
});

describe('a request, checked against the contract', () => {
  test('drops the keys of a result that it does not know [FR-11]', async () => {
    const { client, gateway } = await createOpenWorld();

    const asked = client.request('conversation.delete', { conversation_id: 'conv_1' });
    await settled();
    gateway.last.answer('conversation.delete', { conversation_id: 'conv_1', from_the_future: true });

    expect(await asked).toEqual({ conversation_id: 'conv_1' });
  });

  test('made offline is judged again at the revision that was agreed', async () => {
    const { client, gateway } = await createWorld({ gatewayOptions: { revisions: [2] } });

    const unknown = client.request('turn.get', { turn_id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' });
    const newer = client.request('conversation.create', { title: 'of revision 3' });
    unknown.catch(() => {});
    newer.catch(() => {});
    await client.connect();

    await expect(unknown).rejects.toMatchObject({ code: 'unsupported_operation' });
    await expect(newer).rejects.toMatchObject({
      code: 'contract_error',
      details: { issues: [{ path: ['payload', 'title'] }] },
    });
    expect(gateway.last.requests).toEqual([]);
  });

  test('rejects when its response cannot be read at all', async () => {
    const { client, gateway } = await createOpenWorld();

    const asked = client.request('conversation.delete', { conversation_id: 'conv_1' });
    await settled();
    const [frame] = gateway.last.requests;
    gateway.last.sendRaw(JSON.stringify({ request_id: frame?.request_id, type: frame?.type, ok: 'yes' }));

    await expect(asked).rejects.toMatchObject({ code: 'invalid_message' });
  });

  test('rejects when its response does not fit the contract', async () => {
    const { client, gateway } = await createOpenWorld();

    const asked = client.request('conversation.delete', { conversation_id: 'conv_1' });
    await settled();
    gateway.last.answer('conversation.delete', { conversation_id: 7 });

    await expect(asked).rejects.toMatchObject({
      code: 'invalid_message',
      sent: true,
      details: { issues: [{ path: ['result', 'conversation_id'] }] },
    });
  });

  test('resolves with the result of its response, its defaults filled in', async () => {
    const { client, gateway } = await createOpenWorld();

    const asked = client.request('conversation.create', {});
    await settled();
    const { title: _title, ...untitled } = CREATED.conversation;
    gateway.last.answer('conversation.create', { conversation: { ...untitled, from_the_future: 1 } });

    expect(await asked).toEqual(CREATED);
  });

  test.each([{ result: undefined }, { result: {} }])(
    'that is void resolves with nothing for $result [FR-5]',
    async ({ result }) => {
      const { client, gateway } = await createOpenWorld();

      const asked = client.request('ping', {});
      await settled();
      expect(gateway.last.pings).toBe(1);
      expect(await asked).toBeUndefined();
      const other = client.exchange('events.subscribe', { types: ['turn.queued'] });
      await settled();
      gateway.last.answer('events.subscribe', result);

      expect((await other).result).toBeUndefined();
    },
  );

  test('that the agreed revision does not have is refused here, and says since when [RQ-2] [ER-2]', async () => {
    const { client } = await createOpenWorld({ revisions: [2] });

    await expect(client.request('turn.get', { turn_id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' })).rejects.toMatchObject(
      {
        code: 'unsupported_operation',
        details: { since: 3 },
      },
    );
  });

  test('with a wrong payload is refused here, with the path, and nothing is sent', async () => {
    const { client, gateway } = await createOpenWorld();

    const wrong = client.request('conversation.list', { limit: 0, moon: 'full' } as never);

    await expect(wrong).rejects.toMatchObject({ name: 'ProtocolError', code: 'contract_error' });
    const failure = (await wrong.catch((error: unknown) => error)) as { details: { issues: { path: string[] }[] } };
    expect(failure.details.issues.map(({ path }) => path.join('.'))).toEqual(['payload.limit', 'payload.moon']);
    expect(gateway.last.requests).toEqual([]);
  });
});

describe.each(ENTRIES)('requests made offline ($entry)', ({ createWorld }) => {
  test('wait, start the client, and are sent in their order', async () => {
    const { client, gateway } = await createWorld();

    const all = [
      client.request('conversation.list', {}),
      client.request('turn.list', {}),
      client.request('node.list', {}),
    ];
    await settled();

    expect(client.state.status).toBe('open');
    expect(gateway.last.requests.map(({ type }) => type)).toEqual(['conversation.list', 'turn.list', 'node.list']);
    gateway.last.answer('node.list', { nodes: [] });
    gateway.last.answer('turn.list', { turns: [] });
    gateway.last.answer('conversation.list', { conversations: [] });
    expect(await Promise.all(all)).toEqual([{ conversations: [] }, { turns: [] }, { nodes: [] }]);
  });

  test('are bounded, and one too many is told so', async () => {
    const { client } = await createWorld({ limits: { maxPending: 2 }, gatewayOptions: { unreachable: () => true } });
    const waiting = [1, 2].map(() => client.request('conversation.list', {}));
    const outcome = Promise.allSettled(waiting);

    await expect(client.request('conversation.list', {})).rejects.toMatchObject({ code: 'queue_full', sent: false });
    await client.close();
    expect((await outcome).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe.each(ENTRIES)('requests in flight ($entry)', ({ createWorld, createOpenWorld }) => {
  test('are sent again under the same id when the connection dies, before those that came later [CL-2]', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const created = client.request('conversation.create', {}, { idempotencyKey: 'key-1' });
    const listed = client.request('conversation.list', {});
    await settled();
    const before = [...gateway.last.requests];

    gateway.last.close(1006);
    await clock.advance(0);
    void client.request('turn.list', {}).catch(() => {});
    await clock.advance(500);

    expect(gateway.last.requests.slice(0, 2)).toEqual(before);
    expect(gateway.last.requests.map(({ type }) => type)).toEqual([
      'conversation.create',
      'conversation.list',
      'turn.list',
    ]);
    gateway.last.answer('conversation.create', CREATED, { replayed: true });
    gateway.last.answer('conversation.list', { conversations: [] });
    expect(await created).toEqual(CREATED);
    expect(await listed).toEqual({ conversations: [] });
  });

  test('end as unknown when the repeat is refused: nobody has said what the first one did', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const created = client.request('conversation.create', {}).catch((error: unknown) => error);
    const listed = client.request('conversation.list', {}).catch((error: unknown) => error);
    await settled();
    gateway.last.close(1006);
    await clock.advance(500);
    gateway.last.refuse('conversation.create', { code: 'forbidden' });
    gateway.last.refuse('conversation.list', { code: 'forbidden' });

    expect(await created).toMatchObject({
      name: 'ClientError',
      code: 'outcome_unknown',
      sent: true,
      cause: { code: 'forbidden' },
    });
    expect(await listed).toMatchObject({ name: 'ProtocolError', code: 'forbidden' });
  });

  test('end with what the gateway kept, or decided anew', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const created = client.request('conversation.create', {}).catch((error: unknown) => error);
    await settled();
    gateway.last.close(1006);
    await clock.advance(500);
    gateway.last.refuse('conversation.create', { code: 'invalid_state' });

    expect(await created).toMatchObject({ name: 'ProtocolError', code: 'invalid_state' });
  });

  test('are never repeated past the window of the ledger: their outcome is unknown [CL-3]', async () => {
    const { client, gateway, clock } = await createOpenWorld({
      gatewayOptions: { limits: { ledger_window_ms: 60_000, heartbeat_ms: 1_000_000 } },
    });
    const created = client.request('conversation.create', {});
    const listed = client.request('conversation.list', {});
    const failure = created.catch((error: unknown) => error);
    listed.catch(() => {});
    await clock.advance(10_000);
    gateway.options = { ...gateway.options, unreachable: () => true };
    gateway.last.close(1006);

    await clock.advance(49_999);
    expect(await Promise.race([failure, Promise.resolve('pending')])).toBe('pending');
    await clock.advance(1);
    expect(await failure).toMatchObject({ name: 'ClientError', code: 'outcome_unknown', sent: true });

    // A read has no effect to repeat.
    gateway.options = {};
    await clock.advance(60_000);
    expect(gateway.last.requests.map(({ type }) => type)).toEqual(['conversation.list']);
  });

  test('count the window from the first time that they were sent [CL-3]', async () => {
    const { client, gateway, clock } = await createOpenWorld({
      gatewayOptions: { limits: { ledger_window_ms: 60_000, heartbeat_ms: 1_000_000 } },
    });
    const failure = client.request('conversation.create', {}).catch((error: unknown) => error);
    await clock.advance(40_000);
    gateway.last.close(1006);
    await clock.advance(10_000);
    expect(gateway.last.requests).toHaveLength(1);
    gateway.options = { ...gateway.options, unreachable: () => true };
    gateway.last.close(1006);
    await clock.advance(10_000);

    expect(await failure).toMatchObject({ code: 'outcome_unknown' });
  });

  test('go before those that were waiting when the connection died [CL-2]', async () => {
    const { client, gateway, clock } = await createOpenWorld({ gatewayOptions: { limits: { max_in_flight: 4 } } });
    for (const type of ['conversation.list', 'turn.list', 'node.list'] as const) {
      void client.request(type, {}).catch(() => {});
    }
    await settled();
    gateway.last.close(1006);
    await clock.advance(500);

    expect(gateway.last.requests.map(({ type }) => type)).toEqual(['conversation.list', 'turn.list']);
  });

  test('that were never sent have no window [CL-3]', async () => {
    const { client, gateway, clock } = await createWorld({
      gatewayOptions: { unreachable: () => true, limits: { ledger_window_ms: 1_000 } },
    });
    void client.request('conversation.create', {}).catch(() => {});
    await clock.advance(100_000);
    gateway.options = {};
    await clock.advance(60_000);

    expect(gateway.last.requests.map(({ type }) => type)).toEqual(['conversation.create']);
  });

  test('stay below what the gateway runs at a time [FC-2]', async () => {
    const { client, gateway } = await createOpenWorld({ gatewayOptions: { limits: { max_in_flight: 4 } } });
    for (let count = 0; count < 5; count += 1) void client.request('conversation.list', {}).catch(() => {});
    await settled();

    // Two places are kept for pings and acknowledgements.
    expect(gateway.last.requests).toHaveLength(2);
    gateway.last.answer('conversation.list', { conversations: [] });
    await settled();
    expect(gateway.last.requests).toHaveLength(2);
  });

  test('of one key are one request, and a second payload under it is a conflict', async () => {
    const { client, gateway } = await createOpenWorld();
    const first = client.request('conversation.create', { title: 'a', channel: 'api' }, { idempotencyKey: 'key-1' });
    const second = client.request('conversation.create', { channel: 'api', title: 'a' }, { idempotencyKey: 'key-1' });
    const other = client.request('conversation.create', { title: 'b' }, { idempotencyKey: 'key-1' });

    await expect(other).rejects.toMatchObject({ code: 'idempotency_conflict' });
    await settled();
    expect(gateway.last.requests).toHaveLength(1);
    gateway.last.answer('conversation.create', CREATED);
    expect(await Promise.all([first, second])).toEqual([CREATED, CREATED]);
  });
});

describe('requests at revision 2', () => {
  test('are sent again under the same id at revision 2 too [CL-2]', async () => {
    const { client, gateway, clock } = await createOpenWorld({ revisions: [2] });
    void client.request('conversation.create', {}).catch(() => {});
    await settled();
    const before = [...gateway.last.requests];

    gateway.last.close(1006);
    await clock.advance(500);

    expect(gateway.last.requests).toEqual(before);
  });

  test('has no key of revision 3 at revision 2, where its key becomes its id [FR-12]', async () => {
    const { client, gateway } = await createOpenWorld({ revisions: [2] });

    const asked = client.request('conversation.create', {}, { idempotencyKey: 'key-1' });
    await settled();

    expect(gateway.last.requests).toEqual([{ request_id: 'key-1', type: 'conversation.create', payload: {} }]);
    gateway.last.answer('conversation.create', CREATED);
    expect(await asked).toEqual(CREATED);
  });
});

describe.each(ENTRIES)('a refusal that passes ($entry)', ({ createOpenWorld }) => {
  test.each(['rate_limited', 'overloaded', 'unavailable'])(
    '%s is tried again under the same id, when the gateway says',
    async (code) => {
      const { client, gateway, clock } = await createOpenWorld();
      const asked = client.request('conversation.create', {});
      await settled();
      const [first] = gateway.last.requests;

      gateway.last.refuse('conversation.create', { code, retryable: true, retry_after_ms: 4_000 });
      await clock.advance(3_999);
      expect(gateway.last.requests).toEqual([]);
      await clock.advance(1);
      expect(gateway.last.requests).toEqual([first]);
      gateway.last.answer('conversation.create', CREATED);

      expect(await asked).toEqual(CREATED);
    },
  );

  test('is given up after five retries where there is no time limit', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const asked = client.request('conversation.list', {});
    const failure = asked.catch((error: unknown) => error);
    await settled();
    let refusals = 0;
    while (gateway.last.requests.length > 0) {
      gateway.last.refuse('conversation.list', { code: 'overloaded', retryable: true });
      refusals += 1;
      await clock.advance(30_000);
    }

    expect(refusals).toBe(6);
    expect(await failure).toMatchObject({ name: 'ProtocolError', code: 'overloaded' });
  });

  test('is tried again within the time limit, and no longer', async () => {
    const { client, gateway, clock } = await createOpenWorld();
    const asked = client.request('conversation.list', {}, { timeoutMs: 5_000 });
    const failure = asked.catch((error: unknown) => error);
    await settled();
    gateway.last.refuse('conversation.list', { code: 'rate_limited', retry_after_ms: 8_000, retryable: true });

    await clock.advance(5_000);
    expect(await failure).toMatchObject({ code: 'timeout', sent: true });
    await clock.advance(10_000);
    expect(gateway.last.requests).toEqual([]);
  });

  test.each([
    { code: 'rate_limited', retryable: false },
    { code: 'timeout', retryable: true },
    { code: 'internal', retryable: false },
  ])('is not what $code with retryable $retryable is', async ({ code, retryable }) => {
    const { client, gateway } = await createOpenWorld();
    const asked = client.request('conversation.list', {});
    await settled();

    gateway.last.refuse('conversation.list', { code, retryable });

    await expect(asked).rejects.toMatchObject({ code });
  });
});

describe.each(ENTRIES)('the patience of a caller ($entry)', ({ createWorld, createOpenWorld }) => {
  test('ends by time, the wait for a connection included', async () => {
    const { client, gateway, clock } = await createWorld({ gatewayOptions: { unreachable: () => true } });
    const asked = client.request('conversation.create', {}, { timeoutMs: 3_000 });
    const failure = asked.catch((error: unknown) => error);
    await clock.advance(3_000);

    expect(await failure).toMatchObject({ name: 'ClientError', code: 'timeout', sent: false });
    gateway.options = {};
    await clock.advance(60_000);
    expect(gateway.last.requests).toEqual([]);
  });

  test('ends by signal, and the answer that comes later is ignored', async () => {
    const { client, gateway } = await createOpenWorld();
    const controller = new AbortController();
    const asked = client.request('conversation.create', {}, { signal: controller.signal });
    await settled();
    controller.abort(new Error('changed my mind'));

    await expect(asked).rejects.toMatchObject({ code: 'aborted', sent: true, cause: { message: 'changed my mind' } });
    gateway.last.answer('conversation.create', CREATED);
    await settled();
    expect(client.state.status).toBe('open');
  });

  test('is none when it was over before', async () => {
    const { client, gateway } = await createOpenWorld();

    await expect(client.request('conversation.list', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
      sent: false,
    });
    expect(gateway.last.requests).toEqual([]);
  });

  test('of one of two who share a key ends alone', async () => {
    const { client, gateway } = await createOpenWorld();
    const controller = new AbortController();
    const hasty = client.request('conversation.create', {}, { idempotencyKey: 'key-1', signal: controller.signal });
    const patient = client.request('conversation.create', {}, { idempotencyKey: 'key-1' });
    await settled();
    controller.abort();

    await expect(hasty).rejects.toMatchObject({ code: 'aborted' });
    gateway.last.answer('conversation.create', CREATED);
    expect(await patient).toEqual(CREATED);
  });

  test('has the limit of the client where the request brings none', async () => {
    const { client, clock } = await createOpenWorld({ timeoutMs: 1_000 });
    const asked = client.request('conversation.list', {});
    const failure = asked.catch((error: unknown) => error);
    await clock.advance(1_000);

    expect(await failure).toMatchObject({ code: 'timeout' });
  });
});

describe.each(ENTRIES)('the end of a client ($entry)', ({ createOpenWorld }) => {
  test('rejects what waits and what is asked afterwards', async () => {
    const { client } = await createOpenWorld();
    const asked = client.request('conversation.create', {});
    const failure = asked.catch((error: unknown) => error);
    await settled();
    await client.close();

    expect(await failure).toMatchObject({ code: 'closed', sent: true, kept: false });
    await expect(client.request('conversation.list', {})).rejects.toMatchObject({ code: 'closed' });
    await expect(client.closed).resolves.toEqual({ status: 'closed' });
  });

  test('by a refusal rejects with it, until connect begins anew', async () => {
    const { client, gateway } = await createOpenWorld();
    const asked = client.request('conversation.create', {});
    const failure = asked.catch((error: unknown) => error);
    gateway.last.close('device_mismatch');

    expect(await failure).toMatchObject({ code: 'refused', mustChange: 'token' });
    await expect(client.request('conversation.list', {})).rejects.toBeInstanceOf(ClientError);
    await client.connect();
    const again = client.request('conversation.list', {});
    await settled();
    gateway.last.answer('conversation.list', { conversations: [] });
    expect(await again).toEqual({ conversations: [] });
  });
});

describe.each(ENTRIES)('the ids of requests ($entry)', ({ createOpenWorld }) => {
  test('are new for each one, also in the next process on the same storage [CL-4]', async () => {
    const storage = createMemoryStorage();
    const { client, gateway, restart } = await createOpenWorld({ storage });
    for (let number = 0; number < 20; number += 1) client.request('conversation.list', {}).catch(() => undefined);
    await settled();
    const before = gateway.last.requests.map(({ request_id }) => request_id);
    await client.close();

    const next = restart();
    await next.connect();
    for (let number = 0; number < 20; number += 1) next.request('conversation.list', {}).catch(() => undefined);
    await settled();
    const after = gateway.last.requests.map(({ request_id }) => request_id);

    expect([before.length, after.length]).toEqual([20, 20]);
    expect(new Set([...before, ...after]).size).toBe(40);
    await next.close();
  });
});
