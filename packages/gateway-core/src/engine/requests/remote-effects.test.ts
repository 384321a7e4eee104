import { ProtocolError } from '@tyrum/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds, type WorldOptions } from '../../testing/probe-world.ts';
import type { AnyHandler } from './handlers.ts';

afterEach(endWorlds);

const same = { request_id: 'same' };

/** A gateway, a client, and a node whose lamp the client switches. */
async function withLamp(options: WorldOptions = {}) {
  const world = await createWorld(options);
  const lamp = createDevice();
  const device = createDevice();
  const node = await world.connect({ role: 'node', device: lamp });
  const peer = await world.connect({ device });
  const payload = { lamp: lamp.id };
  const asked = () => node.frames.filter(({ type, ok }) => type === 'lamp.act' && ok === undefined);
  return { world, lamp, device, node, peer, payload, asked };
}

/** A handler whose runs the test ends one by one. */
function staged() {
  const runs: { readonly end: (value: unknown) => void; readonly fail: (error: unknown) => void }[] = [];
  const handler: AnyHandler = () => new Promise((end, fail) => runs.push({ end, fail }));
  return { runs, handlers: { 'lamp.switch': handler } };
}

describe('a remote effect', () => {
  it('acts over its node, and its repeat gets the stored response [RQ-12] [RQ-7]', async () => {
    const { world, peer, node, payload, asked } = await withLamp();
    peer.ask('lamp.switch', payload, same);
    await settle();
    const [act] = asked();
    if (act === undefined) throw new Error('the node was not asked');

    node.answer(act, { ok: true, result: { lit: true } });
    await settle();
    const again = await world.ask(peer, 'lamp.switch', payload, same);

    expect(peer.responses('same')[0]).toEqual({
      request_id: 'same',
      type: 'lamp.switch',
      ok: true,
      result: { lit: true },
    });
    expect(again).toMatchObject({ ok: true, replayed: true, result: { lit: true } });
    expect(asked()).toHaveLength(1);
  });

  it('that still runs is joined by its repeat, on whatever connection [RQ-12]', async () => {
    const { runs, handlers } = staged();
    const { world, device, peer, payload } = await withLamp({ handlers });
    const other = await world.connect({ device });

    peer.ask('lamp.switch', payload, same);
    await settle();
    other.ask('lamp.switch', payload, same);
    await settle();
    expect(runs).toHaveLength(1);
    runs[0]?.end({ lit: false });
    await settle();

    expect(peer.responses('same')[0]).toMatchObject({ ok: true, result: { lit: false } });
    expect(other.responses('same')[0]).toMatchObject({ ok: true, result: { lit: false }, replayed: true });
  });

  it('with another payload under its key is a conflict, running or done [RQ-11]', async () => {
    const { runs, handlers } = staged();
    const { world, peer, payload } = await withLamp({ handlers });
    peer.ask('lamp.switch', payload, same);
    await settle();

    const running = await world.ask(peer, 'lamp.switch', { lamp: 'b' }, same);
    runs[0]?.end({ lit: true });
    await settle();
    const done = await world.ask(peer, 'lamp.switch', { lamp: 'b' }, same);

    expect([running.error?.code, done.error?.code]).toEqual(['idempotency_conflict', 'idempotency_conflict']);
  });

  it('is kept when it was refused for good, and free when another try may help [RQ-13]', async () => {
    const { runs, handlers } = staged();
    const { world, peer, payload } = await withLamp({ handlers });
    const tries = [
      new ProtocolError('timeout', 'too slow'),
      new ProtocolError('unavailable', 'gone', { retryAfterMs: 5 }),
      new Error('a bug'),
      new ProtocolError('invalid_state', 'broken lamp'),
    ];

    const codes: unknown[] = [];
    for (const error of tries) {
      peer.ask('lamp.switch', payload, same);
      await settle();
      runs.at(-1)?.fail(error);
      await settle();
      codes.push(peer.last.error?.code);
    }
    const again = await world.ask(peer, 'lamp.switch', payload, same);

    expect(codes).toEqual(['timeout', 'unavailable', 'internal', 'invalid_state']);
    expect(runs).toHaveLength(4);
    expect(again.error).toMatchObject({ code: 'invalid_state', message: 'broken lamp' });
  });

  it('that was freed may be asked again with another payload [RQ-13] [RQ-11]', async () => {
    const { runs, handlers } = staged();
    const { peer } = await withLamp({ handlers });
    peer.ask('lamp.switch', { lamp: 'a' }, same);
    await settle();
    runs[0]?.fail(new ProtocolError('overloaded', 'later'));
    await settle();

    peer.ask('lamp.switch', { lamp: 'b' }, same);
    await settle();
    runs[1]?.end({ lit: true });
    await settle();

    expect(peer.responses('same').map(({ ok }) => ok)).toEqual([false, true]);
  });

  it('has no transaction: a handler that asks for one is told so, and the peer nothing of it [ER-4]', async () => {
    const seen: string[] = [];
    const { world, peer, payload } = await withLamp({
      handlers: {
        'lamp.switch': (_payload, context) => {
          for (const part of ['tx', 'events'] as const) {
            try {
              seen.push(String(context[part]));
            } catch (error) {
              seen.push((error as Error).message);
            }
          }
          return { lit: true };
        },
      },
    });

    await world.ask(peer, 'lamp.switch', payload);

    expect(seen[0]).toBe('lamp.switch acts outside the store: its handler has no transaction');
    expect(seen[1]).toContain('no transaction to write events in');
  });
});

describe('a crash', () => {
  it('while a remote effect runs makes its outcome unknown, and it never runs again [RQ-16] [RQ-15]', async () => {
    const first = staged();
    const { world, device, peer, payload } = await withLamp({ handlers: first.handlers });
    peer.ask('lamp.switch', payload, same);
    await settle();

    const second = staged();
    const next = await world.crash({ handlers: second.handlers });
    const again = await next.connect({ device });
    const status = await next.ask(again, 'request.status', { type: 'lamp.switch', request_id: 'same' });
    const repeats = [
      await next.ask(again, 'lamp.switch', payload, same),
      await next.ask(again, 'lamp.switch', payload, same),
    ];

    expect(status.result).toEqual({ status: 'outcome_unknown' });
    expect(repeats.map(({ error }) => error?.code)).toEqual(['outcome_unknown', 'outcome_unknown']);
    expect(second.runs).toEqual([]);
  });

  it('after a remote effect ended leaves its response [RQ-16] [RQ-8]', async () => {
    const { runs, handlers } = staged();
    const { world, device, peer, payload } = await withLamp({ handlers });
    peer.ask('lamp.switch', payload, same);
    await settle();
    runs[0]?.end({ lit: true });
    await settle();

    const next = await world.crash();
    const again = await next.ask(await next.connect({ device }), 'lamp.switch', payload, same);

    expect(again).toMatchObject({ ok: true, replayed: true, result: { lit: true } });
  });
});

describe('an end that cannot be kept', () => {
  it.each([
    ['well', (run: ReturnType<typeof staged>['runs'][number]) => run.end({ lit: true })],
    ['with a failure', (run: ReturnType<typeof staged>['runs'][number]) => run.fail(new Error('a bug'))],
  ])('of a remote effect that went %s is outcome_unknown, now and on every repeat [RQ-16]', async (_how, end) => {
    let broken = false;
    const { runs, handlers } = staged();
    const { world, peer, payload } = await withLamp({
      handlers,
      faults: {
        beforeCommit() {
          if (broken) throw new Error('disk full');
        },
      },
    });
    peer.ask('lamp.switch', payload, same);
    await settle();

    broken = true;
    if (runs[0] !== undefined) end(runs[0]);
    await settle();
    broken = false;
    const status = await world.ask(peer, 'request.status', { type: 'lamp.switch', request_id: 'same' });
    const again = await world.ask(peer, 'lamp.switch', payload, same);

    expect(peer.responses('same').map(({ error }) => error?.code)).toEqual(['outcome_unknown', 'outcome_unknown']);
    expect(status.result).toEqual({ status: 'outcome_unknown' });
    expect(again.error?.code).toBe('outcome_unknown');
    expect(runs).toHaveLength(1);
  });

  it('that the handler itself does not know is kept as such [RQ-16] [RQ-15]', async () => {
    const { runs, handlers } = staged();
    const { world, peer, payload } = await withLamp({ handlers });
    peer.ask('lamp.switch', payload, same);
    await settle();
    runs[0]?.fail(new ProtocolError('outcome_unknown', 'the node does not know'));
    await settle();

    const again = await world.ask(peer, 'lamp.switch', payload, same);
    const status = await world.ask(peer, 'request.status', { type: 'lamp.switch', request_id: 'same' });

    expect(again.error?.code).toBe('outcome_unknown');
    expect(status.result).toEqual({ status: 'outcome_unknown' });
    expect(runs).toHaveLength(1);
  });
});
