import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { createProbeStore, createWorld, endWorlds, type ProbeWorld } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

const limits = { high_water_bytes: 1_000, event_window: 100_000, stall_ms: 3_600_000 };
const numbers = (peer: RawPeer) =>
  peer.events('note.written').map(({ payload }) => Number(String(payload?.id).slice(1)));

function trim(world: ProbeWorld, upTo: number): Promise<number> {
  return world.store.transact((tx) => tx.log.trim('acme', { upTo, limit: 100_000 }));
}

/** A peer that has read nothing of 3,000 events: more than are kept in memory. */
async function farBehind(revision: 2 | 3) {
  const world = await createWorld({ limits });
  const peer = await world.connect({ revision });
  peer.channel.stall();
  for (let round = 0; round < 30; round += 1) await world.appendNotes(round * 100 + 1, round * 100 + 100);
  return { world, peer };
}

describe('events that are trimmed before a slow peer has got them', () => {
  it.each([2, 3] as const)(
    'are never a silent gap: at revision %i the peer gets all before them and is closed with 1013 [FC-7] [EV-22]',
    async (revision) => {
      const { world, peer } = await farBehind(revision);
      await trim(world, 500);

      peer.channel.read();
      await settle();

      const got = numbers(peer);
      expect(peer.closeCode).toBe(1013);
      expect(got).toEqual(got.map((_, at) => at + 1));
      expect(got.length).toBeGreaterThan(0);
      expect(got.length).toBeLessThan(500);
      expect(world.gateway.held().peers).toBe(0);
    },
  );

  it('are told of on the next connection: it resumes from the last event and learns that it was trimmed [EV-20]', async () => {
    const { world, peer } = await farBehind(3);
    await trim(world, 500);
    peer.channel.read();
    await settle();

    const again = await world.connect({
      device: peer.device,
      resume: peer.events('note.written').at(-1)?.cursor ?? '',
    });

    expect(again.frames[1]?.result?.recovery).toEqual({ outcome: 'snapshot_required', reason: 'trimmed' });
  });

  it('are told of also when the whole log went [FC-7]', async () => {
    const { world, peer } = await farBehind(3);
    await trim(world, 3_000);

    peer.channel.read();
    await settle();

    expect(peer.closeCode).toBe(1013);
  });

  it('do not matter to a peer that is served from memory [FC-7]', async () => {
    const world = await createWorld({ limits });
    const peer = await world.connect();
    peer.channel.stall();
    await world.appendNotes(1, 200);
    await trim(world, 200);

    peer.channel.read();
    await settle();

    expect(numbers(peer)).toHaveLength(200);
    expect(peer.closeCode).toBeUndefined();
  });

  it('do not matter to a peer that has just got to their edge [FC-7]', async () => {
    const { world, peer } = await farBehind(3);
    const sent = peer.channel.sent.filter((text) => text.includes('note.written')).length;
    await trim(world, sent);

    peer.channel.read();
    await settle();

    expect(numbers(peer)).toEqual(Array.from({ length: 3_000 }, (_, at) => at + 1));
    expect(peer.closeCode).toBeUndefined();
  });
});

describe('a log that cannot be read', () => {
  it('closes the connections that need it with 1013, and no others [CC-1]', async () => {
    let broken = false;
    const faults = {
      beforeRead() {
        if (broken) throw new Error('the disk is gone');
      },
    };
    const world = await createWorld({ limits, store: createProbeStore({ faults }) });
    const behind = await world.connect();
    const ahead = await world.connect();
    behind.channel.stall();
    for (let round = 0; round < 30; round += 1) await world.appendNotes(round * 100 + 1, round * 100 + 100);
    broken = true;

    behind.channel.read();
    await settle();
    await world.appendNotes(3_001, 3_001);

    expect([behind.closeCode, ahead.closeCode]).toEqual([1013, undefined]);
    expect(numbers(ahead)).toHaveLength(3_001);
    expect(
      world.logs.some(
        ({ level, fields }) => level === 'error' && String(fields.cause).includes('the log cannot be read'),
      ),
    ).toBe(true);
  });
});

describe('an event that cannot be said at a revision', () => {
  it('ends the connections that speak it, and is no matter to the others [CC-1] [EV-22]', async () => {
    const world = await createWorld();
    const old = await world.connect({ revision: 2 });
    const peers = [await world.connect(), await world.connect()];

    // Written by a program with another contract: its payload is none that a cast could read.
    await world.store.transact((tx) =>
      tx.log.append('acme', {
        eventId: '00000000-0000-4000-8000-000000000001',
        type: 'note.erased',
        occurredAt: 1,
        payload: '{"id":7}',
      }),
    );
    await settle();

    expect(old.closeCode).toBe(1013);
    expect(peers.map(({ closeCode }) => closeCode)).toEqual([undefined, undefined]);
    expect(world.violations).toHaveLength(2);
    (world.violations as string[]).length = 0;
  });

  it('goes to nobody when the contract no longer has it [AZ-5] [AZ-4]', async () => {
    const world = await createWorld();
    const peers = [await world.connect(), await world.connect({ revision: 2 })];

    await world.store.transact((tx) =>
      tx.log.append('acme', {
        eventId: '00000000-0000-4000-8000-000000000001',
        type: 'note.forgotten',
        occurredAt: 1,
        payload: '{}',
      }),
    );
    await world.appendNotes(1, 1);

    for (const peer of peers) expect(peer.events().map(({ type }) => type)).toEqual(['note.written']);
  });
});
