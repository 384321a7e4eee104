import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createProbeStore, createWorld, endWorlds, type ProbeWorld } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';
import type { GatewayLimits } from '../limits.ts';

afterEach(endWorlds);

const firstCursor = (peer: RawPeer) => peer.frames[1]?.result?.cursor as string;
const recovery = (peer: RawPeer) => peer.frames[1]?.result?.recovery;
const ids = (peer: RawPeer) => peer.events('note.written').map(({ payload }) => payload?.id);
const needs = (reason: string) => ({ outcome: 'snapshot_required', reason });

/** A gateway with five notes in its log, and a device that was sent all of them. */
async function withNotes(limits: Partial<GatewayLimits> = {}) {
  const world = await createWorld({ limits });
  const device = createDevice();
  const peer = await world.connect({ device });
  await world.appendNotes(1, 5);
  const cursors = peer.events('note.written').map(({ cursor }) => cursor ?? '');
  return { world, device, peer, cursors };
}

function trim(world: ProbeWorld, upTo: number): Promise<number> {
  return world.store.transact((tx) => tx.log.trim('acme', { upTo, limit: 1_000 }));
}

describe('a cursor', () => {
  it('is 1 to 128 characters of its alphabet [EV-11]', async () => {
    const { cursors, peer } = await withNotes();

    for (const cursor of [firstCursor(peer), ...cursors]) expect(cursor).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
  });
});

describe('recovery', () => {
  it('is fresh when no resume was asked for: from the head on, live [EV-15] [EV-23]', async () => {
    const { world, device, cursors } = await withNotes();

    const peer = await world.connect({ device });
    await world.appendNotes(6, 6);

    expect(recovery(peer)).toEqual({ outcome: 'fresh' });
    expect(firstCursor(peer)).toBe(cursors[4]);
    expect(ids(peer)).toEqual(['n6']);
    expect(peer.last.prev).toBe(cursors[4]);
  });

  it('is fresh when acked was asked for and no cursor is stored [EV-15]', async () => {
    const { world } = await withNotes();

    expect(recovery(await world.connect({ resume: 'acked' }))).toEqual({ outcome: 'fresh' });
  });

  it.each([0, 2, 4])(
    'is resumed from the cursor of event %i: all that follow come, then live ones [EV-22] [EV-23] [EV-25]',
    async (at) => {
      const { world, device, cursors } = await withNotes();

      const peer = await world.connect({ device, resume: cursors[at] ?? '' });
      await world.appendNotes(6, 6);

      expect(recovery(peer)).toEqual({ outcome: 'resumed' });
      expect(firstCursor(peer)).toBe(cursors[at]);
      expect(ids(peer)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6'].slice(at + 1));
    },
  );

  it('is resumed from the very first cursor of an empty log, and after a restart [EV-22]', async () => {
    const { world, device, peer } = await withNotes();

    const again = await world.connect({ device, resume: firstCursor(peer) });
    const next = await world.crash();
    const later = await next.connect({ device, resume: firstCursor(peer) });

    for (const resumed of [again, later]) {
      expect(recovery(resumed)).toEqual({ outcome: 'resumed' });
      expect(ids(resumed)).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
    }
  });

  it.each([
    ['malformed', () => 'hello'],
    ['of 128 letters', () => 'a'.repeat(128)],
    ['cut', (cursor: string) => cursor.slice(0, -1)],
    [
      'moved to another place by hand',
      (cursor: string) => cursor.replace(/\.(\d)\./, (_all, place) => `.${Number(place) + 1}.`),
    ],
    ['moved to other scopes by hand', (cursor: string) => cursor.replace(/^3\.....\w/, '3.AAAAA')],
    ['moved to revision 2 by hand', (cursor: string) => cursor.replace(/^3\./, '2.')],
    [
      'made of two halves of different authors',
      (cursor: string, other: string) => [...other.split('.').slice(0, 3), ...cursor.split('.').slice(3)].join('.'),
    ],
  ])('asks for a snapshot for a cursor that is %s: unknown_cursor [EV-16]', async (_what, change) => {
    const { world, device, cursors } = await withNotes();
    const other = await world.connect();

    const peer = await world.connect({ device, resume: change(cursors[1] ?? '', firstCursor(other)) });

    expect(recovery(peer)).toEqual(needs('unknown_cursor'));
    expect(ids(peer)).toEqual([]);
    expect(firstCursor(peer)).toBe(cursors[4]);
  });

  it('asks for a snapshot for the cursor of another device and of another tenant: unknown_cursor [EV-16]', async () => {
    const { world, device, cursors } = await withNotes();
    const other = await world.connect();
    const foreign = await world.connect({ device, grant: { tenant: 'other' } });
    await world.appendNotes(1, 3, 'other');

    expect(recovery(await world.connect({ resume: cursors[1] ?? '' }))).toEqual(needs('unknown_cursor'));
    expect(recovery(await world.connect({ device, resume: firstCursor(other) }))).toEqual(needs('unknown_cursor'));
    expect(recovery(await world.connect({ device, resume: foreign.last.cursor ?? '' }))).toEqual(
      needs('unknown_cursor'),
    );
  });

  it('asks for a snapshot when the cursor was made by a gateway on another store: unknown_cursor [EV-16]', async () => {
    const { device, cursors } = await withNotes();
    const elsewhere = await createWorld();

    expect(recovery(await elsewhere.connect({ device, resume: cursors[1] ?? '' }))).toEqual(needs('unknown_cursor'));
  });

  it.each([
    ['fewer scopes', { grant: { scopes: ['operator.read'] as const } }],
    ['no scopes', { grant: { scopes: [] } }],
    ['another role', { role: 'node' as const }],
  ])('asks for a snapshot when the device comes with %s: scope_changed [EV-18]', async (_what, introduction) => {
    const { world, device, cursors } = await withNotes();

    const peer = await world.connect({ device, resume: cursors[1] ?? '', ...introduction });

    expect(recovery(peer)).toEqual(needs('scope_changed'));
    expect(peer.events()).toEqual([]);
  });

  it('does not mind the order of the scopes, nor those that mean nothing to the role [EV-18]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device, grant: { scopes: ['operator.read', 'operator.write'] } });

    const again = await world.connect({
      device,
      resume: firstCursor(peer),
      grant: { scopes: ['node.paired', 'operator.write', 'operator.read'] },
    });

    expect(recovery(again)).toEqual({ outcome: 'resumed' });
  });

  it('asks for a snapshot when the log has another epoch than the cursor: epoch_changed [EV-12] [EV-19]', async () => {
    const { world, device, cursors } = await withNotes();
    await world.store.transact((tx) => tx.log.renew('acme', 'another-epoch'));

    const next = await world.crash();
    const peer = await next.connect({ device, resume: cursors[1] ?? '' });

    expect(recovery(peer)).toEqual(needs('epoch_changed'));
    expect(firstCursor(peer)).toContain('another-epoch');
  });

  it('notices a backup that was restored behind its back, by the missing place and by another event at it [EV-19]', async () => {
    const { world, device, peer } = await withNotes();
    const backup = world.store.snapshot();
    await world.appendNotes(6, 8);
    const lost = peer.events('note.written')[6]?.cursor ?? '';
    const kept = peer.events('note.written')[4]?.cursor ?? '';

    const restored = await createWorld({ store: createProbeStore({ from: backup }), tokens: world.tokens });
    expect(recovery(await restored.connect({ device, resume: lost }))).toEqual(needs('epoch_changed'));
    await restored.appendNotes(106, 110);

    expect(recovery(await restored.connect({ device, resume: lost }))).toEqual(needs('epoch_changed'));
    expect(ids(await restored.connect({ device, resume: kept }))).toEqual(['n106', 'n107', 'n108', 'n109', 'n110']);
  });

  it('asks for a snapshot when what follows the cursor was trimmed, and not for the last that was: trimmed [EV-20]', async () => {
    const { world, device, cursors } = await withNotes();
    await trim(world, 3);

    expect(recovery(await world.connect({ device, resume: cursors[1] ?? '' }))).toEqual(needs('trimmed'));
    const edge = await world.connect({ device, resume: cursors[2] ?? '' });

    expect(recovery(edge)).toEqual({ outcome: 'resumed' });
    expect(ids(edge)).toEqual(['n4', 'n5']);
  });

  it('resumes at the head of a log that was trimmed whole [EV-20] [EV-22]', async () => {
    const { world, device, cursors } = await withNotes();
    await trim(world, 5);

    expect(recovery(await world.connect({ device, resume: cursors[4] ?? '' }))).toEqual({ outcome: 'resumed' });
    expect(recovery(await world.connect({ device, resume: cursors[3] ?? '' }))).toEqual(needs('trimmed'));
  });

  it('trims what is older than its window, and nothing younger [EV-20]', async () => {
    const { world, device, cursors } = await withNotes();
    world.clock.advance(604_700_000);
    await settle();
    await world.appendNotes(6, 6);
    world.clock.advance(50_000);
    await settle();
    expect(await world.store.log.read('acme', 0, 10)).toHaveLength(6);

    for (let minute = 0; minute < 3; minute += 1) {
      world.clock.advance(60_000);
      await settle();
    }

    expect((await world.store.log.read('acme', 0, 10)).map(({ position }) => position)).toEqual([6]);
    expect(recovery(await world.connect({ device, resume: cursors[3] ?? '' }))).toEqual(needs('trimmed'));
    expect(ids(await world.connect({ device, resume: cursors[4] ?? '' }))).toEqual(['n6']);
  });

  it('trims what is more than a log may hold, and tells so [EV-20]', async () => {
    const { world, device, cursors } = await withNotes({ max_log_events: 2 });

    world.clock.advance(60_000);
    await settle();

    expect((await world.store.log.read('acme', 0, 10)).map(({ position }) => position)).toEqual([4, 5]);
    expect(recovery(await world.connect({ device, resume: cursors[1] ?? '' }))).toEqual(needs('trimmed'));
    expect(ids(await world.connect({ device, resume: cursors[2] ?? '' }))).toEqual(['n4', 'n5']);
  });

  it('names the reason that stands first when several apply [EV-21]', async () => {
    const { world, device, cursors } = await withNotes();
    const cursor = cursors[0] ?? '';
    const readers = { grant: { scopes: ['operator.read'] as const } };
    await trim(world, 3);
    expect(recovery(await world.connect({ device, resume: cursor, ...readers }))).toEqual(needs('scope_changed'));
    await world.store.transact((tx) => tx.log.renew('acme', 'another-epoch'));
    const next = await world.crash();

    expect(recovery(await next.connect({ device, resume: cursor }))).toEqual(needs('epoch_changed'));
    expect(recovery(await next.connect({ device, resume: cursor, ...readers }))).toEqual(needs('scope_changed'));
    expect(recovery(await next.connect({ resume: cursor, ...readers }))).toEqual(needs('unknown_cursor'));
  });

  it('judges a stored cursor as it does any other [EV-18] [EV-20]', async () => {
    const { world, device, peer, cursors } = await withNotes();
    await world.ask(peer, 'events.ack', { cursor: cursors[1] });

    expect(recovery(await world.connect({ device, resume: 'acked', grant: { scopes: [] } }))).toEqual(
      needs('scope_changed'),
    );
    await trim(world, 4);
    expect(recovery(await world.connect({ device, resume: 'acked' }))).toEqual(needs('trimmed'));
  });

  it('replays by the rights that the peer has now, within the same scopes [EV-24]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    await world.append(
      { type: 'note.sealed', payload: { id: 'a' } },
      { type: 'lamp.told', payload: { lamp: 'b' }, deviceId: 'dev_other' },
      { type: 'sticker.stuck', payload: { id: 'c' } },
      { type: 'lamp.told', payload: { lamp: 'd' } },
    );

    const again = await world.connect({ device, resume: firstCursor(peer) });

    expect(again.events().map(({ type }) => type)).toEqual(['note.sealed', 'lamp.told']);
  });
});
