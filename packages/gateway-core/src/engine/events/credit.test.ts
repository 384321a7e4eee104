import { afterEach, describe, expect, it } from 'vitest';
import { createProbeStore, createWorld, endWorlds } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

const ids = (peer: RawPeer) => peer.events('note.written').map(({ payload }) => payload?.id);
const names = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `n${from + at}`);
const lastCursor = (peer: RawPeer) => peer.events('note.written').at(-1)?.cursor;

describe('the credit of a connection', () => {
  it('is event_window unacknowledged durable events; an ack gives it back [FC-6] [FC-5]', async () => {
    const world = await createWorld({ limits: { event_window: 5 } });
    const peer = await world.connect();
    await world.appendNotes(1, 12);
    expect(ids(peer)).toEqual(names(1, 5));

    await world.ask(peer, 'events.ack', { cursor: peer.events('note.written')[1]?.cursor });
    expect(ids(peer)).toEqual(names(1, 7));
    await world.ask(peer, 'events.ack', { cursor: lastCursor(peer) });
    expect(ids(peer)).toEqual(names(1, 12));
  });

  it('does not count ephemeral events, and holds back no response [FC-6]', async () => {
    const world = await createWorld({ limits: { event_window: 1 } });
    const peer = await world.connect();

    for (let round = 0; round < 5; round += 1)
      expect((await world.ask(peer, 'note.write', { id: 'a', text: 'x' })).ok).toBe(true);

    expect([peer.events('note.written').length, peer.events('note.typed').length]).toEqual([1, 5]);
  });

  it('does not exist at revision 2, which cannot acknowledge [FC-6] [EV-8]', async () => {
    const world = await createWorld({ limits: { event_window: 1 } });
    const peer = await world.connect({ revision: 2 });

    await world.appendNotes(1, 50);

    expect(ids(peer)).toEqual(names(1, 50));
  });

  it('that is used up stops the reading of the log for that connection [FC-7]', async () => {
    let reads = 0;
    const faults = {
      beforeRead() {
        reads += 1;
      },
    };
    const store = createProbeStore({ faults });
    const world = await createWorld({ store, limits: { event_window: 2 } });
    const peer = await world.connect();
    const resumed = peer.frames[1]?.result?.cursor as string;
    await world.appendNotes(1, 2_000);
    peer.channel.lose();
    const again = await world.connect({ device: peer.device, resume: resumed });
    const before = reads;

    for (let round = 0; round < 50; round += 1) await world.appendNotes(1, 100);

    expect(ids(again)).toEqual(names(1, 2));
    expect(reads).toBe(before);
  });
});
