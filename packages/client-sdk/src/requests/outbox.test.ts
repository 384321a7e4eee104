import { describe, expect, test } from 'vitest';
import { ENTRIES, settled } from '../../test/world.ts';
import { type ClientStorage, createMemoryStorage, type Settled } from '../index.ts';

const create = { type: 'conversation.archive', payload: { conversation_id: 'conv_1', archived: true } } as const;
const ARCHIVED = { conversation_id: 'conv_1', archived: true };

/** A storage whose writes wait until they are let through. */
function slowStorage() {
  const inner = createMemoryStorage();
  let waiting: (() => void)[] = [];
  const storage: ClientStorage = {
    ...inner,
    set: (key, value) =>
      key.endsWith('/outbox')
        ? new Promise((resolve) => waiting.push(() => resolve(inner.set(key, value))))
        : inner.set(key, value),
  };
  const letThrough = async () => {
    const now = waiting;
    waiting = [];
    for (const write of now) write();
    await settled();
  };
  return { storage, letThrough };
}

/** The client's process dies: its socket closes and nothing of it runs on. */
function kill(storage: ClientStorage): ClientStorage {
  const copy = createMemoryStorage();
  return {
    get: async (key) => (await copy.get(key)) ?? storage.get(key),
    set: copy.set,
    delete: (key) => copy.set(key, ''),
  };
}

describe.each(ENTRIES)('a once request with a storage ($entry)', ({ createWorld, createOpenWorld }) => {
  test('is stored before it is sent', async () => {
    const { storage, letThrough } = slowStorage();
    const { client, gateway } = await createOpenWorld({ storage });

    const asked = client.request(create.type, create.payload);
    await settled();
    expect(gateway.last.requests).toEqual([]);
    await letThrough();
    expect(gateway.last.requests).toHaveLength(1);
    gateway.last.answer(create.type, ARCHIVED);

    expect(await asked).toEqual(ARCHIVED);
    await letThrough();
  });

  test('holds up what was asked after it, so that the order stays', async () => {
    const { storage, letThrough } = slowStorage();
    const { client, gateway } = await createOpenWorld({ storage });

    void client.request(create.type, create.payload).catch(() => {});
    void client.request('conversation.list', {}).catch(() => {});
    await settled();
    expect(gateway.last.requests).toEqual([]);
    await letThrough();

    expect(gateway.last.requests.map(({ type }) => type)).toEqual([create.type, 'conversation.list']);
  });

  test('made offline is stored at once, and as possibly sent before it is sent', async () => {
    const stored: string[] = [];
    const inner = createMemoryStorage();
    const storage: ClientStorage = {
      ...inner,
      set(key, value) {
        if (key.endsWith('/outbox')) stored.push(value);
        return inner.set(key, value);
      },
    };
    const { client, gateway, clock } = await createWorld({ storage, gatewayOptions: { unreachable: () => true } });

    void client.request(create.type, create.payload).catch(() => {});
    await clock.advance(0);
    gateway.options = {};
    await clock.advance(500);

    expect(stored.map((text) => JSON.parse(text)[0].sentAt)).toEqual([undefined, expect.any(Number)]);
    expect(gateway.last.requests).toHaveLength(1);
  });

  test('is removed once it is settled', async () => {
    const storage = createMemoryStorage();
    const { client, gateway, restart } = await createOpenWorld({ storage });
    const asked = client.request(create.type, create.payload);
    await settled();
    gateway.last.answer(create.type, ARCHIVED);
    await asked;
    await client.close();

    await restart().connect();
    expect(gateway.last.requests).toEqual([]);
  });

  test('is refused when it cannot be stored', async () => {
    const storage = createMemoryStorage();
    const { client, gateway } = await createOpenWorld({
      storage: {
        ...storage,
        set(key, value) {
          if (key.endsWith('/outbox')) throw new Error('disk full');
          return storage.set(key, value);
        },
      },
    });

    await expect(client.request(create.type, create.payload)).rejects.toMatchObject({
      code: 'storage_failed',
      sent: false,
    });
    expect(gateway.last.requests).toEqual([]);
    const listed = client.request('conversation.list', {});
    await settled();
    gateway.last.answer('conversation.list', { conversations: [] });
    expect(await listed).toEqual({ conversations: [] });
  });
});

describe.each(ENTRIES)('a once request that a process left behind ($entry)', ({ createWorld, createOpenWorld }) => {
  test('is sent again by the next one under the same id, and its result is told [CL-2]', async () => {
    const storage = createMemoryStorage();
    const settlements: Settled[] = [];
    const { client, gateway, restart } = await createOpenWorld({ storage });
    const left = client.request(create.type, create.payload, { idempotencyKey: 'key-1' });
    const failure = left.catch((error: unknown) => error);
    await settled();
    const [first] = gateway.last.requests;
    await client.close();
    expect(await failure).toMatchObject({ code: 'closed', sent: true, kept: true });

    await restart({ onSettled: (each) => settlements.push(each) }).connect();
    await settled();
    expect(gateway.last.requests).toEqual([first]);
    gateway.last.answer(create.type, ARCHIVED, { replayed: true });
    await settled();

    expect(settlements).toEqual([
      { type: create.type, requestId: first?.request_id, idempotencyKey: 'key-1', ok: true, result: ARCHIVED },
    ]);
  });

  test('is not lost by a process that dies without a word', async () => {
    const storage = createMemoryStorage();
    const { client, gateway, restart } = await createOpenWorld({ storage });
    void client.request(create.type, create.payload).catch(() => {});
    await settled();
    const [first] = gateway.last.requests;

    await restart({ storage: kill(storage) }).connect();

    expect(gateway.connections).toHaveLength(2);
    expect(gateway.last.requests).toEqual([first]);
  });

  test('is awaited again under its key, before and after the next process is connected', async () => {
    const storage = createMemoryStorage();
    const settlements: Settled[] = [];
    const { client, gateway, restart } = await createOpenWorld({ storage });
    void client.request(create.type, create.payload, { idempotencyKey: 'key-1' }).catch(() => {});
    await settled();
    const [first] = gateway.last.requests;
    await client.close();

    const next = restart({ onSettled: (each) => settlements.push(each) });
    const early = next.request(create.type, create.payload, { idempotencyKey: 'key-1' });
    const conflicting = next.request(create.type, { ...create.payload, archived: false }, { idempotencyKey: 'key-1' });
    await expect(conflicting).rejects.toMatchObject({ code: 'idempotency_conflict' });
    await settled();
    const late = next.request(create.type, create.payload, { idempotencyKey: 'key-1' });
    await settled();
    expect(gateway.last.requests).toEqual([first]);
    gateway.last.answer(create.type, ARCHIVED);

    expect(await Promise.all([early, late])).toEqual([ARCHIVED, ARCHIVED]);
    expect(settlements).toEqual([]);
    await next.close();
    await restart().connect();
    expect(gateway.last.requests).toEqual([]);
  });

  test('under another payload is a conflict for the later one', async () => {
    const { client, gateway, restart } = await createOpenWorld({ storage: createMemoryStorage() });
    void client.request(create.type, create.payload, { idempotencyKey: 'key-1' }).catch(() => {});
    await settled();
    await client.close();

    const next = restart();
    await expect(
      next.request(create.type, { ...create.payload, archived: false }, { idempotencyKey: 'key-1' }),
    ).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
    await settled();
    expect(gateway.last.requests.map((frame) => frame.payload)).toEqual([create.payload]);
  });

  test('lets a caller who gives up leave it again', async () => {
    const { client, gateway, restart, clock } = await createOpenWorld({ storage: createMemoryStorage() });
    void client.request(create.type, create.payload, { idempotencyKey: 'key-1' }).catch(() => {});
    await settled();
    await client.close();

    gateway.options = { unreachable: () => true };
    const next = restart();
    const early = next.request(create.type, create.payload, { idempotencyKey: 'key-1', timeoutMs: 1_000 });
    const failure = early.catch((error: unknown) => error);
    await clock.advance(1_000);

    // By the earlier process, as far as anybody knows.
    expect(await failure).toMatchObject({ code: 'timeout', sent: true });
    await next.close();
    gateway.options = {};
    await restart().connect();
    expect(gateway.last.requests).toEqual([]);
  });

  test('has an unknown outcome past the window of the ledger, and is not sent [CL-3]', async () => {
    const settlements: Settled[] = [];
    const { client, gateway, restart, clock } = await createOpenWorld({
      storage: createMemoryStorage(),
      gatewayOptions: { limits: { ledger_window_ms: 60_000 } },
    });
    void client.request(create.type, create.payload).catch(() => {});
    await settled();
    await client.close();
    await clock.advance(60_000);

    await restart({ onSettled: (each) => settlements.push(each) }).connect();
    await settled();

    expect(gateway.last.requests).toEqual([]);
    expect(settlements).toMatchObject([{ ok: false, error: { code: 'outcome_unknown' } }]);
  });

  test('is sent after any time when it never was before', async () => {
    const { client, gateway, restart, clock } = await createWorld({
      storage: createMemoryStorage(),
      gatewayOptions: { unreachable: () => true },
    });
    void client.request(create.type, create.payload).catch(() => {});
    await settled();
    await client.close();
    await clock.advance(1_000_000_000);
    gateway.options = {};

    await restart().connect();
    await settled();

    expect(gateway.last.requests).toHaveLength(1);
  });

  test('keeps the next process from connecting while the storage cannot be read', async () => {
    const storage = createMemoryStorage();
    let broken = true;
    const { client, clock } = await createWorld({
      storage: {
        ...storage,
        get(key) {
          if (broken) throw new Error('no disk');
          return storage.get(key);
        },
      },
    });
    const opening = client.connect();
    await clock.advance(1);
    expect(client.state).toMatchObject({
      status: 'waiting',
      reason: { code: 'unreachable', cause: { code: 'storage_failed' } },
    });
    broken = false;
    await clock.advance(60_000);

    expect((await opening).status).toBe('open');
  });
});
