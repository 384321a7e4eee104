import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

const note = { id: 'a', text: 'x' };
const same = { request_id: 'same' };

/** A store whose commits stop at one place until the test lets go, and a gateway on it. */
async function atCommit(place: 'beforeCommit' | 'afterCommit') {
  let hang: Promise<void> | undefined;
  let goOn = () => {};
  const world = await createWorld({ faults: { [place]: () => hang } });
  const device = createDevice();
  const peer = await world.connect({ device });
  return {
    world,
    device,
    peer,
    hold() {
      hang = new Promise((resolve) => {
        goOn = resolve;
      });
    },
    release() {
      hang = undefined;
      goOn();
    },
  };
}

/** A request whose process dies at one place of its commit, unanswered; its device comes back to another process and asks about it. */
async function crashAt(place: 'beforeCommit' | 'afterCommit') {
  const { world, device, peer, hold, release } = await atCommit(place);
  hold();
  peer.ask('note.write', note, same);
  await settle();

  const next = await world.crash();
  expect(peer.responses('same')).toEqual([]);
  release();
  const again = await next.connect({ device });
  const status = await next.ask(again, 'request.status', { type: 'note.write', request_id: 'same' });
  return { next, again, status };
}

describe('a crash', () => {
  it('before the commit leaves nothing of claim, effect, event and response [RQ-9] [RQ-10] [EV-2]', async () => {
    const { next, again, status } = await crashAt('beforeCommit');
    const read = await next.ask(again, 'note.read', { id: 'a' });
    const repeat = await next.ask(again, 'note.write', note, same);

    expect(status.result).toEqual({ status: 'unknown' });
    expect(read.error?.code).toBe('not_found');
    expect(repeat).toMatchObject({ ok: true, result: { version: 1 } });
    expect(repeat).not.toHaveProperty('replayed');
  });

  it('right after the commit leaves all of them, though no response was sent [RQ-9] [RQ-10] [EV-2] [RQ-6]', async () => {
    const { next, again, status } = await crashAt('afterCommit');
    const repeat = await next.ask(again, 'note.write', note, same);

    expect(status.result).toMatchObject({ status: 'completed', response: { ok: true, result: { version: 1 } } });
    expect(repeat).toMatchObject({ ok: true, replayed: true, result: { version: 1 } });
    expect((await next.store.log.read('acme', 0, 10)).map(({ type }) => type)).toEqual(['note.written']);
  });

  it('keeps a response back until the commit that holds its effect is durable, and its events not longer [RQ-10]', async () => {
    const { peer, hold, release } = await atCommit('beforeCommit');
    hold();
    peer.ask('note.write', note, same);
    await settle();
    expect(peer.frames).toHaveLength(2);

    release();
    await settle();

    expect(peer.frames.slice(2).map(({ type }) => type)).toEqual(['note.written', 'note.typed', 'note.write']);
  });
});

describe('a commit whose answer is lost', () => {
  it('is answered unavailable, and its repeat with what was stored [RQ-9] [RQ-6]', async () => {
    let lose = false;
    const world = await createWorld({
      faults: {
        afterCommit() {
          if (lose) throw new Error('the disk did not answer');
        },
      },
    });
    const peer = await world.connect();
    lose = true;

    const first = await world.ask(peer, 'note.write', note, same);
    lose = false;
    const again = await world.ask(peer, 'note.write', note, same);

    expect(first.error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(again).toMatchObject({ ok: true, replayed: true, result: { version: 1 } });
  });
});

describe('a handler that fails after it has written', () => {
  it.each(['throw', 'busy', 'refuse late'])('leaves neither the write nor an event: %s [RQ-9] [EV-2]', async (text) => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.write', { id: 'a', text });

    expect(answer.ok).toBe(false);
    expect(peer.events()).toEqual([]);
    expect((await world.ask(peer, 'note.read', { id: 'a' })).error?.code).toBe('not_found');
  });

  it('of a read leaves nothing either', async () => {
    const world = await createWorld({
      handlers: {
        'note.judge': async (_payload, { tx }) => {
          await tx.documents.put('acme', { name: 'probe_notes', indexes: {} }, 'a', { text: 'x' });
          throw new Error('after the write');
        },
      },
    });
    const peer = await world.connect();

    await world.ask(peer, 'note.judge', { id: 'a' });

    expect((await world.ask(peer, 'note.read', { id: 'a' })).error?.code).toBe('not_found');
  });
});
