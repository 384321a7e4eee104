import { describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../ports/node-crypto.ts';
import type { LogReader, LogState, StoredEvent } from '../../ports/store.ts';
import { type CursorAudience, createCursorCodec } from './cursor.ts';
import { planRecovery } from './recovery.ts';

const codec = createCursorCodec(nodeCrypto(), Buffer.from('a secret'));
const audience: CursorAudience = { tenant: 'acme', deviceId: 'dev_a', role: 'client', scopes: [], revision: 3 };
const eventId = (position: number) => (position === 0 ? '' : `event-${String(position).padStart(8, '0')}`);
const state: LogState = { epoch: 'e', head: 9, floor: 4, headEventId: eventId(9), floorEventId: eventId(4) };

/** A log that holds these positions. */
function logOf(positions: readonly number[]): LogReader {
  const events = positions.map(
    (position): StoredEvent => ({ position, eventId: eventId(position), type: 't', occurredAt: 1, payload: '{}' }),
  );
  return {
    read: async (_tenant, after, limit) => events.filter(({ position }) => position > after).slice(0, limit),
    onAppend: () => () => {},
  };
}

function plan(
  place: { position: number; eventId?: string; epoch?: string } | string | undefined,
  log = logOf([5, 6, 7, 8, 9]),
  at = state,
) {
  const cursor =
    typeof place === 'object'
      ? `${codec.audienceHalf(audience)}.${codec.placeHalf({ tenant: 'acme', epoch: place.epoch ?? 'e', position: place.position, eventId: place.eventId ?? eventId(place.position) })}`
      : place;
  return planRecovery(codec, log, { tenant: 'acme', audience, state: at, cursor });
}

const needs = (reason: string) => ({ outcome: 'snapshot_required', reason });

describe('the plan of a recovery', () => {
  it.each([
    ['nothing', undefined, { outcome: 'fresh' }, 9],
    ['a cursor that is none', 'hello', needs('unknown_cursor'), 9],
    ['the head', { position: 9 }, { outcome: 'resumed' }, 9],
    ['a place between', { position: 6 }, { outcome: 'resumed' }, 6],
    ['the floor, after which nothing is missing', { position: 4 }, { outcome: 'resumed' }, 4],
    ['the place below the floor', { position: 3 }, needs('trimmed'), 9],
    ['the beginning', { position: 0 }, needs('trimmed'), 9],
    ['a place beyond the head', { position: 10 }, needs('epoch_changed'), 9],
    ['another event at the head', { position: 9, eventId: 'another1' }, needs('epoch_changed'), 9],
    ['another event between', { position: 6, eventId: 'another1' }, needs('epoch_changed'), 9],
    ['another event at the floor', { position: 4, eventId: 'another1' }, needs('epoch_changed'), 9],
    ['another epoch, at a place that was trimmed', { position: 1, epoch: 'f' }, needs('epoch_changed'), 9],
  ])('for %s [EV-15] [EV-19] [EV-20] [EV-21] [EV-22] [EV-23]', async (_what, place, recovery, position) => {
    const made = await plan(place);

    expect(made.recovery).toEqual(recovery);
    expect(made.position).toBe(position);
    expect(made.placeHalf).toBe(codec.placeHalf({ tenant: 'acme', epoch: 'e', position, eventId: eventId(position) }));
  });

  it('asks for a snapshot when the cursor was made at another revision, whatever else is wrong with it [EV-17] [EV-21]', async () => {
    const older = codec.audienceHalf({ ...audience, revision: 4, scopes: ['operator.read'] });
    const cursor = `${older}.${codec.placeHalf({ tenant: 'acme', epoch: 'another', position: 99, eventId: 'x' })}`;

    expect((await plan(cursor)).recovery).toEqual(needs('revision_changed'));
  });

  it('is trimmed when the event goes while the plan is made [EV-20]', async () => {
    expect((await plan({ position: 6 }, logOf([8, 9]))).recovery).toEqual(needs('trimmed'));
  });

  it('resumes at the beginning of a log in which nothing was ever trimmed [EV-22]', async () => {
    const made = await plan({ position: 0 }, logOf([1, 2]), {
      epoch: 'e',
      head: 2,
      floor: 0,
      headEventId: eventId(2),
      floorEventId: '',
    });

    expect(made).toMatchObject({ recovery: { outcome: 'resumed' }, position: 0 });
  });
});
