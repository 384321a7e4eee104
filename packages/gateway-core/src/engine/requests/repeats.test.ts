import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds, type ProbeWorld } from '../../testing/probe-world.ts';

afterEach(endWorlds);

const note = { id: 'a', text: 'x' };
const key = { idempotency_key: 'k' };

async function written(world: ProbeWorld): Promise<number> {
  return (await world.store.log.read('acme', 0, 1_000)).length;
}

describe('a repeat of a read', () => {
  it('runs again, and is not called a replay [RQ-5] [RQ-7]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.ask(peer, 'note.write', note);

    await world.ask(peer, 'note.read', { id: 'a' }, { request_id: 'same' });
    await world.ask(peer, 'note.write', { id: 'a', text: 'y' });
    const again = await world.ask(peer, 'note.read', { id: 'a' }, { request_id: 'same' });

    expect(again.result?.text).toBe('y');
    expect(again).not.toHaveProperty('replayed');
  });

  it('runs again also with another payload [RQ-5] [RQ-11]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    await world.ask(peer, 'note.read', { id: 'a' }, { request_id: 'same' });
    const other = await world.ask(peer, 'note.read', { id: 'b' }, { request_id: 'same' });

    expect(other.error?.code).toBe('not_found');
  });
});

describe('a repeat of an effect', () => {
  it('gets the stored response, marked, and the effect happened once [RQ-6] [RQ-7]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    const first = await world.ask(peer, 'note.write', note, { request_id: 'one', ...key });
    const again = await world.ask(peer, 'note.write', note, { request_id: 'two', ...key });

    expect(first).not.toHaveProperty('replayed');
    expect(again).toEqual({ ...first, request_id: 'two', replayed: true });
    expect(first.result).toMatchObject({ version: 1 });
    expect(await written(world)).toBe(1);
    expect(peer.events('note.typed')).toHaveLength(1);
  });

  it('is recognised by the request id where there is no key, at revision 2 without a mark [RQ-6] [RQ-7] [RQ-8]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ revision: 2 });

    const first = await world.ask(peer, 'note.write', note, { request_id: 'same' });
    const again = await world.ask(peer, 'note.write', note, { request_id: 'same' });

    expect(again).toEqual(first);
    expect(Object.keys(again)).toEqual(['request_id', 'type', 'ok', 'result']);
    expect(await written(world)).toBe(1);
  });

  it('is recognised on another connection, under another token, at another revision, and after a restart [RQ-8]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    const first = await world.ask(peer, 'note.write', note, { request_id: 'same' });

    const elsewhere = await world.connect({ device, grant: { scopes: ['operator.write'] } });
    const old = await world.connect({ device, revision: 2 });
    const next = await world.crash();
    const later = await next.connect({ device });

    for (const [where, asker] of [
      [world, elsewhere],
      [world, old],
      [next, later],
    ] as const) {
      const again = await where.ask(asker, 'note.write', note, { request_id: 'same' });
      expect(again.result).toMatchObject({ id: 'a', version: 1 });
    }
    expect(first.result).toMatchObject({ version: 1 });
    expect(await written(next)).toBe(1);
  });

  it.each([
    ['another device', { device: createDevice() }, {}, 'note.write'],
    ['another tenant', { grant: { tenant: 'other' } }, {}, 'note.write'],
    ['another type', {}, {}, 'note.touch'],
    ['another key', {}, { idempotency_key: 'other' }, 'note.write'],
    ['a key named like a prototype', {}, { idempotency_key: '__proto__' }, 'note.write'],
  ])('is none when it comes with %s [RQ-8]', async (_what, dialling, more, type) => {
    const world = await createWorld();
    const device = createDevice();
    const first = await world.connect({ device });
    await world.ask(first, 'note.write', note, { request_id: 'same', ...key });
    const peer = await world.connect({ device, ...dialling });

    const answer = await world.ask(peer, type, type === 'note.write' ? note : { id: 'a' }, {
      request_id: 'same',
      ...key,
      ...more,
    });

    expect(answer).toMatchObject({ ok: true });
    expect(answer).not.toHaveProperty('replayed');
  });

  it('with another payload is an idempotency_conflict [RQ-11]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.ask(peer, 'note.write', note, key);

    const answer = await world.ask(peer, 'note.write', { id: 'a', text: 'y' }, key);

    expect(answer.error).toMatchObject({ code: 'idempotency_conflict', retryable: false });
    expect(await written(world)).toBe(1);
  });

  it.each([
    ['its members in another order', '{"text":"x","id":"a","extra":{"b":1,"a":[1,2]}}', true],
    ['numbers and letters written otherwise', '{"id":"\\u0061","text":"x","extra":{"a":[1.0,2e0],"b":1}}', true],
    ['the elements of a list in another order', '{"id":"a","text":"x","extra":{"a":[2,1],"b":1}}', false],
    ['a member that is null', '{"id":"a","text":"x","extra":{"a":[1,2],"b":1,"c":null}}', false],
  ])('is the same payload or not by its canonical JSON: %s [RQ-11]', async (_what, payload, same) => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.ask(peer, 'note.write', { ...note, extra: { a: [1, 2], b: 1 } }, key);

    peer.sendText(`{"request_id":"again","type":"note.write","payload":${payload},"idempotency_key":"k"}`);
    await settle();

    expect(peer.last.ok).toBe(same);
  });

  it('whose payload has no canonical JSON is refused, and was never one [RQ-11] [ER-3]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    for (const extra of ['1e999', '"\\ud800"']) {
      peer.sendText(`{"request_id":"odd","type":"note.write","payload":{"id":"a","text":"x","extra":${extra}}}`);
      await settle();
      expect(peer.last.error).toMatchObject({ code: 'contract_error', details: { issues: [{ path: ['payload'] }] } });
    }
  });

  it('is found for as long as the window says, and may be forgotten after it [RQ-14]', async () => {
    const world = await createWorld({ limits: { ledger_window_ms: 600_000 } });
    const device = createDevice();
    const peer = await world.connect({ device });
    await world.ask(peer, 'note.write', note, key);
    peer.channel.lose();

    for (let minute = 0; minute < 10; minute += 1) {
      world.clock.advance(59_900);
      await settle();
    }
    const within = await world.ask(await world.connect({ device }), 'note.write', note, key);
    for (let minute = 0; minute < 3; minute += 1) {
      world.clock.advance(60_000);
      await settle();
    }
    const after = await world.ask(await world.connect({ device }), 'note.write', note, key);

    expect(within.replayed).toBe(true);
    expect(after.result).toMatchObject({ version: 2 });
  });
});

describe('a repeat of what still runs', () => {
  it('joins it, gets the same response and is marked [RQ-12] [RQ-7]', async () => {
    let hang: Promise<void> | undefined;
    let goOn = () => {};
    const world = await createWorld({ faults: { beforeCommit: () => hang } });
    const device = createDevice();
    const peer = await world.connect({ device });
    const other = await world.connect({ device });
    hang = new Promise((resolve) => {
      goOn = resolve;
    });

    peer.ask('note.write', note, { request_id: 'one', ...key });
    peer.ask('note.write', note, { request_id: 'two', ...key });
    other.ask('note.write', note, { request_id: 'three', ...key });
    other.ask('note.write', { id: 'a', text: 'y' }, { request_id: 'four', ...key });
    await settle();
    expect(peer.responses('one')).toEqual([]);
    expect(other.responses('four')[0]?.error?.code).toBe('idempotency_conflict');
    hang = undefined;
    goOn();
    await settle();

    const [first] = peer.responses('one');
    expect(first?.result).toMatchObject({ version: 1 });
    expect(first).not.toHaveProperty('replayed');
    expect(peer.responses('two')).toEqual([{ ...first, request_id: 'two', replayed: true }]);
    expect(other.responses('three')).toEqual([{ ...first, request_id: 'three', replayed: true }]);
    expect(await written(world)).toBe(1);
  });

  it('under one request id on one connection gets a response of its own [RQ-1] [RQ-12]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    for (let sent = 0; sent < 4; sent += 1) peer.ask('note.write', note, { request_id: 'same' });
    await settle();

    expect(peer.responses('same').map(({ ok, replayed }) => [ok, replayed])).toEqual([
      [true, undefined],
      [true, true],
      [true, true],
      [true, true],
    ]);
    expect(await written(world)).toBe(1);
  });

  it('fails with it when it cannot be kept, and may then be asked again [RQ-12]', async () => {
    let broken = false;
    const world = await createWorld({
      faults: {
        beforeCommit() {
          if (broken) throw new Error('disk full');
        },
      },
    });
    const peer = await world.connect();
    broken = true;

    peer.ask('note.write', note, { request_id: 'same' });
    peer.ask('note.write', note, { request_id: 'same' });
    await settle();
    broken = false;
    const again = await world.ask(peer, 'note.write', note, { request_id: 'same' });

    expect(peer.responses('same').map(({ error }) => error?.code)).toEqual(['unavailable', 'unavailable', undefined]);
    expect(again).not.toHaveProperty('replayed');
  });
});

describe('a refusal', () => {
  it('of the handler is kept, and what the handler wrote before is not [RQ-6] [RQ-13]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const late = { id: 'a', text: 'refuse late' };

    const first = await world.ask(peer, 'note.write', late, { request_id: 'same' });
    const again = await world.ask(peer, 'note.write', late, { request_id: 'same' });
    const other = await world.ask(peer, 'note.write', note, { request_id: 'same' });

    expect(first.error).toMatchObject({ code: 'invalid_state', message: 'the note refuses late' });
    expect(again).toEqual(first);
    expect(other.error?.code).toBe('idempotency_conflict');
    expect((await world.ask(peer, 'note.read', { id: 'a' })).error?.code).toBe('not_found');
    expect(await written(world)).toBe(0);
  });

  it.each([
    ['contract_error', { id: 7, text: 'x' }, {}],
    ['forbidden', note, { scopes: ['operator.read'] as const }],
    ['overloaded', { id: 'a', text: 'busy' }, {}],
    ['internal', { id: 'a', text: 'throw' }, {}],
  ])('that is %s is not kept: the key is free [RQ-13]', async (code, payload, grant) => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device, grant });

    const first = await world.ask(peer, 'note.write', payload, { request_id: 'same' });
    const again = await world.ask(await world.connect({ device }), 'note.write', note, { request_id: 'same' });

    expect(first.error?.code).toBe(code);
    expect(again).toMatchObject({ ok: true, result: { version: 1 } });
    expect(again).not.toHaveProperty('replayed');
  });

  it('for the rate is not kept: the key is free [RQ-13]', async () => {
    const world = await createWorld({ limits: { request_burst: 1, requests_per_second: 1 } });
    const peer = await world.connect();
    await world.ask(peer, 'ping', {});

    const first = await world.ask(peer, 'note.write', note, { request_id: 'same' });
    world.clock.advance(1_000);
    const again = await world.ask(peer, 'note.write', note, { request_id: 'same' });

    expect(first.error?.code).toBe('rate_limited');
    expect(again).toMatchObject({ ok: true });
    expect(again).not.toHaveProperty('replayed');
  });
});
