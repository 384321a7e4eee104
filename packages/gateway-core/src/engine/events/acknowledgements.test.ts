import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

const cursorOf = (peer: RawPeer, at: number) => peer.events('note.written')[at]?.cursor ?? '';
const firstCursor = (peer: RawPeer) => peer.frames[1]?.result?.cursor as string;
const ids = (peer: RawPeer) => peer.events('note.written').map(({ payload }) => payload?.id);
const refusal = { code: 'contract_error', details: { issues: [{ path: ['payload', 'cursor'] }] } };

describe('events.ack', () => {
  it('moves the cursor of the device, from which acked resumes [EV-13]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    await world.appendNotes(1, 5);

    const answer = await world.ask(peer, 'events.ack', { cursor: cursorOf(peer, 2) });
    const again = await world.connect({ device, resume: 'acked' });

    expect(answer).toEqual({ request_id: 'r-1', type: 'events.ack', ok: true });
    expect(again.frames[1]?.result).toMatchObject({ recovery: { outcome: 'resumed' }, cursor: cursorOf(peer, 2) });
    expect(ids(again)).toEqual(['n4', 'n5']);
  });

  it('never moves it back [EV-13]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    await world.appendNotes(1, 5);

    await world.ask(peer, 'events.ack', { cursor: cursorOf(peer, 3) });
    const older = await world.ask(peer, 'events.ack', { cursor: cursorOf(peer, 1) });
    const again = await world.connect({ device, resume: 'acked' });

    expect(older.ok).toBe(true);
    expect(ids(again)).toEqual(['n5']);
  });

  it('never moves it back when another connection of the device, of other scopes, is behind [EV-13]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const ahead = await world.connect({ device });
    const behind = await world.connect({ device, grant: { scopes: ['operator.read'] } });
    await world.appendNotes(1, 5);

    await world.ask(ahead, 'events.ack', { cursor: cursorOf(ahead, 3) });
    await world.ask(behind, 'events.ack', { cursor: cursorOf(behind, 1) });
    const again = await world.connect({ device, resume: 'acked' });

    expect(ids(again)).toEqual(['n5']);
  });

  it('survives a crash once it was answered [EV-13]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    await world.appendNotes(1, 3);
    await world.ask(peer, 'events.ack', { cursor: cursorOf(peer, 1) });

    const next = await world.crash();
    const again = await next.connect({ device, resume: 'acked' });

    expect(ids(again)).toEqual(['n3']);
  });

  it('takes every cursor that was sent on the connection: of the proof result, of a bookmark, of a response [EV-13]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device, grant: { scopes: ['operator.write'] } });
    await world.appendNotes(1, 2);
    const write = await world.ask(peer, 'note.touch', { id: 'a' });
    world.clock.advance(15_000);
    const bookmark = peer.events('events.bookmark')[0]?.cursor;

    for (const cursor of [firstCursor(peer), bookmark, write.as_of]) {
      expect((await world.ask(peer, 'events.ack', { cursor })).ok).toBe(true);
    }
  });

  it('takes a cursor that was sent before the scopes of the connection changed [EV-13]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    const session = world.gateway.peers.find('acme', device.id);
    await world.appendNotes(1, 2);

    session?.setScopes(['operator.read']);
    session?.setScopes(['operator.read', 'operator.write']);
    const before = await world.ask(peer, 'events.ack', { cursor: cursorOf(peer, 1) });
    await world.appendNotes(3, 3);
    const after = await world.ask(peer, 'events.ack', { cursor: cursorOf(peer, 2) });

    expect([before.ok, after.ok]).toEqual([true, true]);
    expect(cursorOf(peer, 2).split('.')[1]).not.toBe(cursorOf(peer, 1).split('.')[1]);
    expect(peer.events('note.written')[2]?.prev).toBe(cursorOf(peer, 1));
  });

  it('refuses the cursor of another scope set that this connection never had [EV-13] [ER-3]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    const other = await world.connect({ device, grant: { scopes: ['operator.read'] } });
    await world.appendNotes(1, 2);

    expect((await world.ask(peer, 'events.ack', { cursor: cursorOf(other, 0) })).error).toMatchObject(refusal);
  });

  it.each([
    ['no cursor at all', () => 'hello'],
    ['the word acked', () => 'acked'],
    [
      'the cursor of another device',
      async (world: Awaited<ReturnType<typeof createWorld>>) => {
        const other = await world.connect();
        await world.appendNotes(9, 9);
        return cursorOf(other, 0);
      },
    ],
    [
      'a cursor with one letter changed',
      (_world: unknown, peer: RawPeer) => cursorOf(peer, 1).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ],
    [
      'a cursor that another connection of the device got for what comes later',
      async (world: Awaited<ReturnType<typeof createWorld>>, peer: RawPeer) => {
        peer.channel.stall();
        await world.ask(await world.connect(), 'note.write', { id: 'big', text: 'x'.repeat(100_000) });
        const other = await world.connect({ device: peer.device });
        await world.appendNotes(9, 9);
        return cursorOf(other, 0);
      },
    ],
    [
      'a cursor from before this connection began',
      async (world: Awaited<ReturnType<typeof createWorld>>, peer: RawPeer) => {
        const late = await world.connect({ device: peer.device, grant: { tokenId: 'late' } });
        peer.channel.lose();
        return { cursor: cursorOf(peer, 0), on: late };
      },
    ],
  ])('refuses %s, and moves nothing [EV-13] [ER-3]', async (_what, foreign) => {
    const world = await createWorld({ limits: { high_water_bytes: 50_000 } });
    const device = createDevice();
    const peer = await world.connect({ device });
    await world.appendNotes(1, 2);
    const made = await foreign(world, peer);
    const { cursor, on } = typeof made === 'string' ? { cursor: made, on: peer } : made;

    const requestId = on.ask('events.ack', { cursor });
    await settle();
    on.channel.read();
    await settle();
    const again = await world.connect({ device, resume: 'acked' });

    expect(on.responses(requestId)[0]?.error).toMatchObject(refusal);
    expect(again.frames[1]?.result?.recovery).toEqual({ outcome: 'fresh' });
  });

  it('does not exist at revision 2 [RQ-2] [ER-2]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ revision: 2 });

    const answer = await world.ask(peer, 'events.ack', { cursor: 'x' });

    expect(answer.error).toMatchObject({ code: 'unsupported_operation', details: { since: 3 } });
  });

  it('that cannot be kept is answered unavailable, and may be sent again [EV-13]', async () => {
    let broken = false;
    const world = await createWorld({
      faults: {
        beforeCommit() {
          if (broken) throw new Error('disk full');
        },
      },
    });
    const peer = await world.connect();
    await world.appendNotes(1, 2);
    broken = true;

    const first = await world.ask(peer, 'events.ack', { cursor: cursorOf(peer, 1) });
    broken = false;
    const again = await world.ask(peer, 'events.ack', { cursor: cursorOf(peer, 1) });

    expect(first.error?.code).toBe('unavailable');
    expect(again.ok).toBe(true);
  });
});

describe('a bookmark', () => {
  it('comes on each heartbeat to a peer that has all there is, with cursor and prev [EV-14]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ grant: { scopes: ['operator.admin'] } });
    await world.appendNotes(1, 3);

    world.clock.advance(15_000);
    await world.appendNotes(4, 4);
    world.clock.advance(15_000);
    world.clock.advance(15_000);

    const [first, second, third] = peer.events('events.bookmark');
    expect(peer.events()).toHaveLength(3);
    expect(first).toMatchObject({ payload: {}, prev: firstCursor(peer) });
    expect(second?.prev).toBe(first?.cursor);
    expect(second?.cursor).not.toBe(first?.cursor);
    expect(third).toMatchObject({ cursor: second?.cursor, prev: second?.cursor });
  });

  it('names the place up to which nothing was missed: a resume from it has what came after [EV-14] [EV-22]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    await world.append({ type: 'lamp.told', payload: { lamp: 'x' }, deviceId: 'dev_other' });
    world.clock.advance(15_000);
    await world.appendNotes(1, 2);

    const again = await world.connect({ device, resume: peer.events('events.bookmark')[0]?.cursor ?? '' });

    expect(ids(again)).toEqual(['n1', 'n2']);
  });

  it('does not come when a durable event came since the heartbeat before [EV-14]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.appendNotes(1, 1);

    world.clock.advance(15_000);
    expect(peer.events('events.bookmark')).toEqual([]);
    world.clock.advance(15_000);

    expect(peer.events('events.bookmark')).toHaveLength(1);
  });

  it('uses no credit, and comes to a peer whose credit is used up but that has all there is [EV-14] [FC-6]', async () => {
    const world = await createWorld({ limits: { event_window: 2 } });
    const peer = await world.connect();
    await world.appendNotes(1, 2);

    world.clock.advance(30_000);
    const bookmark = peer.events('events.bookmark')[0];
    await world.ask(peer, 'events.ack', { cursor: bookmark?.cursor });
    await world.appendNotes(3, 4);

    expect(bookmark?.prev).toBe(cursorOf(peer, 1));
    expect(ids(peer)).toEqual(['n1', 'n2', 'n3', 'n4']);
  });

  it('comes to a peer that waits for credit, and is linked to the last event: one that never got it learns so [EV-14]', async () => {
    const world = await createWorld({ limits: { event_window: 2 } });
    const peer = await world.connect();
    await world.appendNotes(1, 3);

    world.clock.advance(30_000);
    const bookmark = peer.events('events.bookmark')[0];
    await world.ask(peer, 'events.ack', { cursor: bookmark?.cursor });

    expect(bookmark?.prev).toBe(cursorOf(peer, 1));
    expect(bookmark?.cursor).toBe(cursorOf(peer, 1));
    expect(ids(peer)).toEqual(['n1', 'n2', 'n3']);
  });

  it('never comes at revision 2 [EV-8]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ revision: 2 });

    world.clock.advance(30_000);

    expect(peer.events()).toEqual([]);
  });
});
