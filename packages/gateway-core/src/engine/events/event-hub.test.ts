import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../ports/store.ts';
import { probe } from '../../testing/probe-contract.ts';
import { type AnyEventWriter, anyWriter } from '../../testing/probe-domain.ts';
import { createProbeStore } from '../../testing/probe-world.ts';
import { createSeededRandom } from '../../testing/seeded-random.ts';
import { createEventHub } from './event-hub.ts';

function withHub(maxFrameBytes = 1_048_576) {
  const store = createProbeStore({});
  const live: { readonly tenant: string; readonly event: NewEvent }[] = [];
  const hub = createEventHub({
    contract: probe,
    random: createSeededRandom(1),
    now: () => 1_000,
    maxFrameBytes,
    sendLive: (tenant, event) => void live.push({ tenant, event }),
  });
  return {
    store,
    live,
    emit: hub.emit as unknown as (tenant: string, type: string, payload: unknown) => void,
    /** Runs work with a writer; what waits for the commit runs when the work has not failed. */
    async write(work: (writer: AnyEventWriter) => Promise<void> | void): Promise<void> {
      const actions: (() => void)[] = [];
      await store.transact((tx) => work(anyWriter(hub.in(tx, 'acme', (action) => void actions.push(action)))));
      for (const action of actions) action();
    },
    log: () => store.log.read('acme', 0, 10),
  };
}

describe('the writer of events', () => {
  it('keeps what the contract names and nothing else, under an id of its own [FR-12] [EV-3]', async () => {
    const { write, log } = withHub();

    await write((writer) => writer.append('note.written', { id: 'a', text: 'x', unsaid: 1 }));
    await write((writer) => writer.append('note.written', { id: 'a', text: 'x' }));

    const [one, two] = await log();
    expect(one).toMatchObject({ type: 'note.written', occurredAt: 1_000, payload: '{"id":"a","text":"x"}' });
    expect(one?.eventId).toMatch(/^[0-9a-f-]{36}$/);
    expect(two?.eventId).not.toBe(one?.eventId);
  });

  it.each([
    ['an event that nobody defined', 'note.unknown', { id: 'a' }, 'no event note.unknown'],
    ['an event of an older revision', 'note.dropped', { id: 'a' }, 'no event note.dropped'],
    ['an ephemeral event', 'note.typed', { id: 'a', text: '' }, 'kept as ephemeral'],
    ['a direct event', 'lamp.token', { secret: 'x' }, 'kept as direct'],
    ['a control event', 'events.bookmark', {}, 'kept as control'],
    ['a payload that does not fit', 'note.written', { id: 7 }, 'expected string'],
  ])('does not append %s [AZ-5] [AZ-6] [EV-4]', async (_what, type, payload, message) => {
    const { write, log } = withHub();

    await expect(write((writer) => writer.append(type, payload))).rejects.toThrow(message);

    expect(await log()).toEqual([]);
  });

  it('does not send what is durable as if it were ephemeral [EV-2]', async () => {
    const { write, emit, live } = withHub();

    await expect(write((writer) => writer.emit('note.written', { id: 'a', text: '' }))).rejects.toThrow(
      'kept as durable',
    );
    expect(() => emit('acme', 'note.written', { id: 'a', text: '' })).toThrow('kept as durable');

    expect(live).toEqual([]);
  });

  it('sends an ephemeral event once the transaction holds, and at once outside of one [EV-2]', async () => {
    const { write, emit, live } = withHub();

    await write((writer) => {
      writer.emit('note.typed', { id: 'a', text: 'x' });
      expect(live).toEqual([]);
    });
    emit('other', 'note.typed', { id: 'b', text: 'x' });

    expect(live.map(({ tenant, event }) => [tenant, event.payload])).toEqual([
      ['acme', '{"id":"a","text":"x"}'],
      ['other', '{"id":"b","text":"x"}'],
    ]);
  });

  it('refuses an event that no frame can hold, in bytes, and names the bound [FR-12]', async () => {
    const { write, log } = withHub(20_000);
    const note = (text: string) => write((writer) => writer.append('note.written', { id: 'a', text }));

    await note('x'.repeat(19_000));
    await expect(note('x'.repeat(20_000))).rejects.toMatchObject({ code: 'contract_error' });
    await expect(note('é'.repeat(9_800))).rejects.toThrow('larger than 20000 bytes');

    expect(await log()).toHaveLength(1);
  });
});
