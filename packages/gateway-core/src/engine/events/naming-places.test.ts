import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds, type ProbeWorld } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';
import { createSeededRandom } from '../../testing/seeded-random.ts';

afterEach(endWorlds);

/** Of these scopes a reader is not told that a note was sealed. */
const grant = { scopes: ['operator.read', 'operator.write'] } as const;
const sealed = { type: 'note.sealed', payload: { id: 's' } };

/** A reader, and a note of which no event tells. */
async function connectReader(world: ProbeWorld): Promise<RawPeer> {
  const reader = await world.connect({ grant });
  await world.ask(reader, 'note.touch', { id: 'a' });
  return reader;
}

/** Every frame with a cursor after the handshake, and before them the cursor that it gave. */
function cursorsOf({ frames }: RawPeer) {
  const events = frames.filter(({ cursor }) => cursor !== undefined);
  return [String(frames[1]?.result?.cursor), ...events.map(({ cursor }) => String(cursor))];
}

describe('the place of a read', () => {
  it('is named by a bookmark where the event that stands there is not for the reader [EV-26]', async () => {
    const world = await createWorld();
    const reader = await connectReader(world);
    await world.appendNotes(1, 2);
    await world.append(sealed);

    const answer = await world.ask(reader, 'note.read', { id: 'a' });
    await world.appendNotes(3, 3);
    await settle();

    expect(cursorsOf(reader)[3]).toBe(answer.as_of);
    expect(reader.events().map(({ type }) => type)).toEqual([
      'note.written',
      'note.written',
      'events.bookmark',
      'note.written',
    ]);
  });

  it('needs no bookmark where an event or the proof result has named it [EV-26]', async () => {
    const world = await createWorld();
    const reader = await connectReader(world);

    const first = await world.ask(reader, 'note.read', { id: 'a' });
    await world.appendNotes(1, 1);
    const second = await world.ask(reader, 'note.read', { id: 'a' });

    expect([first.as_of, second.as_of]).toEqual(cursorsOf(reader));
    expect(reader.events('events.bookmark')).toEqual([]);
  });

  it('is named once, however many reads are true there, and to nobody but the reader [EV-26]', async () => {
    const world = await createWorld();
    const [reader, other] = [await connectReader(world), await world.connect()];
    await world.append(sealed);

    for (let count = 0; count < 3; count += 1) await world.ask(reader, 'note.read', { id: 'a' });

    expect(reader.events('events.bookmark')).toHaveLength(1);
    expect(other.events('events.bookmark')).toEqual([]);
  });

  it('is named where the reader has asked to be spared the event [EV-26] [EV-10]', async () => {
    const world = await createWorld();
    const reader = await connectReader(world);
    await world.ask(reader, 'events.subscribe', { types: ['note.dropped'] });
    await world.appendNotes(1, 1);

    const answer = await world.ask(reader, 'note.read', { id: 'a' });

    expect(reader.events('events.bookmark').map(({ cursor }) => cursor)).toEqual([answer.as_of]);
  });

  it('is not named where the transaction of the read failed, and another event came to stand there [EV-26]', async () => {
    let full = false;
    const world = await createWorld({
      faults: {
        beforeCommit: () => {
          if (full) throw new Error('the disk is full');
        },
      },
    });
    const [reader, writer] = [
      await world.connect({ grant }),
      await world.connect({ grant: { scopes: ['operator.write'] } }),
    ];
    full = true;
    writer.ask('note.write', { id: 'a', text: 'lost' });
    const refused = await world.ask(reader, 'note.read', { id: 'a' });
    full = false;
    await world.append(sealed);
    await settle();

    expect(refused.ok).toBe(false);
    expect(reader.events('events.bookmark')).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5])(
    'tells, among all that comes, what the read reflects, and the chain holds, seed %i [EV-26] [EV-6] [RQ-17]',
    async (seed) => {
      const random = createSeededRandom(seed);
      const below = (limit: number) => (random.bytes(1)[0] as number) % limit;
      const world = await createWorld();
      const [reader, writer] = [await connectReader(world), await world.connect()];
      await world.ask(writer, 'note.write', { id: 'a', text: '0' });
      const reads: string[] = [];

      for (let step = 0; step < 120; step += 1) {
        const kind = below(4);
        if (kind === 0) writer.ask('note.write', { id: 'a', text: String(step + 1) });
        else if (kind === 1) void world.append(sealed);
        else reads.push(reader.ask('note.read', { id: 'a' }));
        if (below(5) === 0) await settle();
      }
      await settle();

      const cursors = cursorsOf(reader);
      const events = reader.frames.filter(({ cursor }) => cursor !== undefined);
      expect(events.map(({ prev }) => prev)).toEqual(cursors.slice(0, -1));
      for (const read of reads) {
        const [answer] = reader.responses(read);
        const place = cursors.indexOf(String(answer?.as_of));
        expect(place, `the place of ${read}`).toBeGreaterThanOrEqual(0);
        const before = events.slice(0, place).filter(({ type }) => type === 'note.written');
        expect(String(before.at(-1)?.payload?.text ?? '0')).toBe(answer?.result?.text);
      }
      expect(reads.length).toBeGreaterThan(30);
    },
  );
});
