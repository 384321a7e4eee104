import { describe, expect, it, vi } from 'vitest';
import type { Crypto } from '../../ports/crypto.ts';
import { nodeCrypto } from '../../ports/node-crypto.ts';
import { settle } from '../../testing/node-settle.ts';
import { probe } from '../../testing/probe-contract.ts';
import { createProbeStore } from '../../testing/probe-world.ts';
import type { WireFrame } from '../../testing/raw-peer.ts';
import type { Viewer } from '../rights/audience.ts';
import { createCursorCodec } from './cursor.ts';
import { Delivery } from './delivery.ts';
import { createTenantLogs } from './tenant-logs.ts';

const viewer: Viewer = { role: 'client', scopes: new Set(['operator.read']), deviceId: 'dev_a', extensions: new Set() };

/** Counts the blocks that a crypto is given. */
function countingCrypto(): Crypto & { readonly blocks: number } {
  let blocks = 0;
  const crypto = nodeCrypto();
  return {
    ...crypto,
    blockCipher(key) {
      const encrypt = crypto.blockCipher(key);
      return (given) => {
        blocks += given.length / 16;
        return encrypt(given);
      };
    },
    get blocks() {
      return blocks;
    },
  };
}

/** A log with this many notes, and deliveries that read it. */
async function withLog(count: number, faults = {}) {
  const crypto = countingCrypto();
  const store = createProbeStore({ faults });
  const codec = createCursorCodec(crypto, Buffer.from('secret'));
  const deliveries: Delivery[] = [];
  const logs = createTenantLogs({
    store,
    contract: probe,
    codec,
    newEpoch: () => 'e',
    onAppend: () => {
      for (const delivery of deliveries) delivery.pump();
    },
  });

  async function append(from: number, to: number, type = 'note.written'): Promise<void> {
    await store.transact(async (tx) => {
      for (let at = from; at <= to; at += 1) {
        const eventId = `0000-${String(at).padStart(8, '0')}`;
        await tx.log.append('acme', {
          eventId,
          type,
          occurredAt: 1,
          payload: `{"id":"n${at}","text":""}`,
        });
      }
    });
  }

  if (count > 0) await append(1, count);
  const tenantLog = await logs.open('acme');
  return {
    store,
    crypto,
    append,
    tenantLog,
    logs,
    deliver(position: number, more: { window?: number; room?: () => number; revision?: number; viewer?: Viewer } = {}) {
      const { window = 100_000, room = () => 1_000_000, revision = 3 } = more;
      const frames: WireFrame[] = [];
      const lost: string[] = [];
      const delivery = new Delivery(
        {
          log: store.log,
          limits: { event_window: window },
          own: { bookmark: (cursor, prev) => JSON.stringify({ type: 'events.bookmark', cursor, prev }) },
        },
        {
          ...(more.viewer ?? viewer),
          tenant: 'acme',
          view: probe.at(revision),
          lost: (reason) => void lost.push(reason),
        },
        {
          output: { send: (text) => void frames.push(JSON.parse(text)), full: () => room() < 0, room },
          tenantLog,
          position,
          placeHalf: codec.placeHalf({ tenant: 'acme', epoch: 'e', position, eventId: '' }),
          audienceHalf: revision < 3 ? undefined : 'half',
        },
      );
      deliveries.push(delivery);
      return { delivery, frames, lost, ids: () => frames.map(({ payload }) => Number(String(payload?.id).slice(1))) };
    },
  };
}

const numbers = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);

describe('a delivery', () => {
  it.each([0, 1, 255, 256, 257, 511, 512, 700, 999, 1_000])(
    'reads 1,000 events in pages from position %i, without a gap at an edge [EV-22] [FC-7]',
    async (position) => {
      const { deliver } = await withLog(1_000);
      const { delivery, ids } = deliver(position);

      delivery.pump();
      await settle();

      expect(ids()).toEqual(numbers(position + 1, 1_000));
    },
  );

  it('sends no bookmark to a peer that does not read: it is behind, whatever its credit [EV-14] [FC-7]', async () => {
    const { deliver } = await withLog(3);
    let full = true;
    const { delivery, frames } = deliver(0, { room: () => (full ? -1 : 100) });

    delivery.pump();
    delivery.bookmark();
    expect(frames).toEqual([]);
    full = false;
    delivery.pump();
    await settle();

    expect(frames).toHaveLength(3);
  });

  it('reads for a slow peer about as much as it takes, and not a whole page for every few events [FC-7]', async () => {
    const log = await withLog(2_000);
    const read = vi.spyOn(log.store.log, 'read');
    const { delivery, ids } = log.deliver(0, { window: 4 });

    delivery.pump();
    await settle();
    for (let acked = 1; acked <= 400; acked += 1) {
      delivery.acked(acked);
      await settle();
    }

    expect(ids()).toEqual(numbers(1, 404));
    const asked = read.mock.calls.map(([, , limit]) => limit);
    expect(asked.reduce((sum, limit) => sum + limit, 0)).toBeLessThan(4 * 404);
  });

  it('reads as many events at a time as there is room for, once it knows how long they are [FC-7]', async () => {
    const log = await withLog(2_000);
    const read = vi.spyOn(log.store.log, 'read');
    let readUpTo = 0;
    const { delivery, frames, ids } = log.deliver(0, {
      room: () => 8_000 - frames.slice(readUpTo).reduce((sum, frame) => sum + JSON.stringify(frame).length, 0),
    });

    for (let round = 0; round < 20; round += 1) {
      readUpTo = frames.length;
      delivery.pump();
      await settle();
    }

    expect(ids()).toEqual(numbers(1, frames.length));
    expect(frames.length).toBeGreaterThan(400);
    const asked = read.mock.calls.map(([, , limit]) => limit);
    expect(asked.reduce((sum, limit) => sum + limit, 0)).toBeLessThan(1.2 * frames.length);
  });

  it('reads more at a time the more a peer takes [FC-7]', async () => {
    const log = await withLog(2_000);
    const read = vi.spyOn(log.store.log, 'read');
    const { delivery } = log.deliver(0);

    delivery.pump();
    await settle();

    expect(read.mock.calls.map(([, , limit]) => limit).slice(0, 5)).toEqual([32, 64, 128, 256, 256]);
  });

  it('goes on without a gap or a duplicate when events are appended while a page is read [EV-25]', async () => {
    let during: (() => Promise<void>) | undefined;
    const log = await withLog(600, { beforeRead: () => during?.() });
    const { delivery, ids } = log.deliver(0);
    let next = 601;
    during = async () => {
      if (next > 700) return;
      await log.append(next, next + 9);
      next += 10;
    };

    delivery.pump();
    delivery.pump();
    await settle();
    await settle();
    await log.append(next, next);
    await settle();

    expect(ids()).toEqual(numbers(1, next));
    expect(next).toBeGreaterThan(620);
  });

  it('stops in the middle of a page when there is no room, and goes on from there [FC-6] [FC-7]', async () => {
    const { deliver } = await withLog(600);
    const { delivery, ids } = deliver(0, { window: 100 });

    delivery.pump();
    await settle();
    expect(ids()).toEqual(numbers(1, 100));
    delivery.acked(30);
    await settle();
    expect(ids()).toEqual(numbers(1, 130));
    delivery.acked(29);
    await settle();
    expect(ids()).toEqual(numbers(1, 130));
    delivery.acked(130);
    await settle();

    expect(ids()).toEqual(numbers(1, 230));
  });

  it('sends nothing more once it is stopped, not even the page that it was reading', async () => {
    const { deliver } = await withLog(600);
    const { delivery, ids, lost } = deliver(0);

    delivery.pump();
    delivery.stop();
    await settle();
    delivery.pump();
    delivery.acked(5);
    await settle();

    expect([ids(), lost]).toEqual([[], []]);
  });

  it('covers the places of the cursors that were sent, and no others [EV-13]', async () => {
    const { deliver, append } = await withLog(10);
    const { delivery } = deliver(4, { window: 3 });
    delivery.pump();
    await settle();

    expect(numbers(0, 10).filter((place) => delivery.covers(place))).toEqual([4, 5, 6, 7]);
    delivery.cursorAt({ position: 9, eventId: 'x' });
    delivery.cursorAt({ position: 2, eventId: 'x' });
    await append(11, 11);

    expect(numbers(0, 11).filter((place) => delivery.covers(place))).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('makes an event once for a thousand peers, and its place too [FC-8]', async () => {
    const { deliver, append, crypto } = await withLog(0);
    const peers = Array.from({ length: 1_000 }, () => deliver(0));
    const before = crypto.blocks;

    await append(1, 20);
    await settle();

    expect(peers.every(({ frames }) => frames.length === 20)).toBe(true);
    expect(crypto.blocks - before).toBe(20);
  });

  it('passes over many events that are not for its peer, and sends what stands between and behind them [EV-10]', async () => {
    const { deliver, append } = await withLog(0);
    const { delivery, frames, ids } = deliver(0);

    await append(1, 300, 'note.sealed');
    await append(301, 302);
    await append(303, 600, 'note.sealed');
    await append(601, 601);
    await append(602, 700, 'note.sealed');

    expect(ids()).toEqual([301, 302, 601]);
    const places = frames.map(({ cursor }) => cursor?.split('.')[2]);
    expect(places).toEqual([301, 302, 601].map((place) => place.toString(36)));
    // It has come to the end: what it names there is the last of what it has passed over.
    delivery.bookmark();
    delivery.bookmark();
    expect(frames.at(-1)?.cursor?.split('.').slice(2, 4)).toEqual([(700).toString(36), '00000700']);
  });

  it('names the place of a read in the midst of events that are not for its peer [EV-26]', async () => {
    const { deliver, append } = await withLog(0);
    const { delivery, frames } = deliver(0);

    delivery.name({ position: 5, eventId: '0000-00000005' });
    await append(1, 9, 'note.sealed');

    expect(frames.map(({ type, cursor }) => [type, ...(cursor?.split('.').slice(2, 4) ?? [])])).toEqual([
      ['events.bookmark', '5', '00000005'],
    ]);
  });

  it('makes the words of an older revision once for all who speak it [FC-8]', async () => {
    const { deliver, append, tenantLog } = await withLog(0);
    const peers = Array.from({ length: 50 }, () => deliver(0, { revision: 2 }));

    await append(1, 1);
    await settle();

    const logged = tenantLog.tail.next(0);
    expect(logged?.framesAt(2)).toBe(logged?.framesAt(2));
    expect(peers.every(({ frames }) => frames.length === 1)).toBe(true);
  });
});
