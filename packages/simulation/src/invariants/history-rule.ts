import type { ReceivedRecovery } from './received-recovery.ts';
import { existsAt, maySee, type Viewer } from '../truth/audience.ts';
import { positionIn, type TrueCursors } from '../truth/cursors.ts';
import type { TrueLog, TrueLogs } from '../truth/logs.ts';
import type { Verdict } from '../truth/verdict.ts';

/** What one device's application has applied of the events, over all runs of its program. */
export interface History {
  /** A run of its program begins; `isOpen` says whether its client counts itself as connected. */
  began(isOpen: () => boolean): void;
  /** The last frame of a handshake has reached the client, which may still find it wanting. */
  offered(recovery: ReceivedRecovery): void;
  /** Its client says that it is connected. */
  connected(): void;
  /** The application was handed a durable event. Returns what to call when it is done with it. */
  applied(eventId: string, type: string): () => void;
  /** The application was told to read afresh. */
  snapshotRequired(reason: string): void;
  /** The program ended: without a word, or in order. */
  ended(inOrder: boolean): void;
  /** What it should have applied by now and has not; `undefined` when there is nothing. */
  missing(): string | undefined;
}

/** Where an application stands: everything up to here was applied, or is stood for by a snapshot. */
interface Place {
  readonly branch: number;
  readonly position: number;
}

/** How long after an event is processed its place may still be on the way to the storage, in milliseconds. */
const STORING_MS = 2_000;

export function createHistory(options: {
  readonly name: string;
  readonly tenant: string;
  readonly verdict: Verdict;
  readonly logs: TrueLogs;
  readonly cursors: TrueCursors;
  readonly now: () => number;
  /** Whether its place in the events outlives its process. */
  readonly storage: boolean;
  /** Whether it hears of a gap beside its events instead of between them. */
  readonly snapshotsAside: boolean;
  /** Whether its application listens to events of a type. */
  readonly hears: (type: string) => boolean;
}): History {
  const { name, tenant, verdict, logs, cursors, now, storage, snapshotsAside, hears } = options;
  let place: Place | undefined;
  /** Where it goes on once it comes to an event after the gap. */
  let next: Place | 'anywhere' | undefined;
  let viewer: Viewer | undefined;
  let last: ReceivedRecovery | undefined;
  let offer: ReceivedRecovery | undefined;
  let isOpen = () => false;
  let firstOfRun = true;
  let done: { readonly place: Place; readonly at: number }[] = [];
  /** What an ended run must have left in the storage. */
  let kept: Place | undefined;

  const fail = (message: string) => verdict.fail('every event or told', `${name}: ${message}`);

  /** The first event after a position, up to another, that this application waits for. */
  function firstWanted(log: TrueLog, after: number, upTo: number): number | undefined {
    for (let position = after + 1; position <= upTo; position += 1) {
      const event = log.at(position);
      if (event === undefined || viewer === undefined || !hears(event.type)) continue;
      if (existsAt(event.type, viewer.revision) && maySee(viewer, event)) return position;
    }
    return undefined;
  }

  function positionOf({ cursor }: ReceivedRecovery): Place | undefined {
    if (cursor === undefined) return undefined;
    const facts = cursors.find(cursor);
    return { branch: facts?.branch ?? logs.of(tenant).branch, position: facts?.position ?? positionIn(cursor) };
  }

  /** Takes over what was offered, once the client has. */
  function look(): void {
    if (offer === undefined || !isOpen()) return;
    last = offer;
    viewer = offer.viewer;
    offer = undefined;
    if (firstOfRun) takePlace(last);
  }

  function takePlace(recovery: ReceivedRecovery): void {
    firstOfRun = false;
    const at = positionOf(recovery);
    if (recovery.outcome === 'resumed' && at !== undefined) {
      if (place !== undefined && place.branch === at.branch) {
        const log = logs.inBranch(tenant, at.branch);
        const skipped = log === undefined ? undefined : firstWanted(log, place.position, at.position);
        if (skipped !== undefined) fail(`a new run resumes at ${at.position}, and ${skipped} was never applied`);
      }
      if (kept !== undefined && kept.branch === at.branch && at.position < kept.position) {
        fail(`a new run resumes at ${at.position}, and ${kept.position} was processed long before the last one ended`);
      }
    } else if (recovery.outcome === 'fresh' && storage && kept !== undefined && recovery.revision >= 3) {
      fail(`a new run begins afresh, and ${kept.position} was processed long before the last one ended`);
    }
    place = at;
    next = undefined;
    kept = undefined;
  }

  return {
    began(open) {
      isOpen = open;
      offer = undefined;
    },
    offered(recovery) {
      offer = recovery;
    },
    connected: look,
    applied(eventId, type) {
      look();
      if (viewer !== undefined && !existsAt(type, viewer.revision)) return () => {};
      const current = place ?? (next === 'anywhere' ? undefined : next);
      const log = (current === undefined ? undefined : logs.inBranch(tenant, current.branch)) ?? logs.of(tenant);
      const event = log.find(eventId) ?? logs.of(tenant).find(eventId);
      if (event === undefined) {
        verdict.fail('audience', `${name} applied ${type} ${eventId}, which the log of ${tenant} does not have`);
        return () => {};
      }
      const { position } = event;
      const follows = (from: Place) =>
        position > from.position && from.branch === log.branch && firstWanted(log, from.position, position) === position;
      if (next === 'anywhere' && (place === undefined || !follows(place))) next = undefined;
      else if (next !== undefined && next !== 'anywhere' && (place === undefined || !follows(place)) && follows(next)) next = undefined;
      else if (place !== undefined && !follows(place)) {
        const missed = firstWanted(log, place.position, position - 1);
        fail(
          position <= place.position
            ? `applied ${type} at ${position} after ${place.position}`
            : `applied ${type} at ${position} after ${place.position}, without ${missed} and without being told`,
        );
      }
      const here = { branch: log.branch, position };
      place = here;
      // What was buffered before the gap reached to it or beyond.
      if (next !== undefined && next !== 'anywhere' && next.branch === here.branch && next.position <= position) next = undefined;
      return () => void done.push({ place: here, at: now() });
    },
    snapshotRequired(reason) {
      look();
      if (last === undefined) return fail(`was told ${reason} before it had ever been connected`);
      const own = ['not_resumable', 'unknown_cursor'];
      const true_ = last.outcome === 'snapshot_required' ? last.reason === reason : own.includes(reason) && last.outcome !== 'resumed';
      if (!true_) fail(`was told ${reason}, and the gateway had said ${last.outcome} ${last.reason ?? ''}`);
      const at = positionOf(last);
      if (snapshotsAside) next = at ?? 'anywhere';
      else {
        place = at;
        next = undefined;
      }
    },
    ended(inOrder) {
      const cutoff = inOrder ? now() : now() - STORING_MS;
      const long = done.filter(({ at }) => at <= cutoff);
      kept = storage ? long.at(-1)?.place : undefined;
      done = [];
      firstOfRun = true;
    },
    missing() {
      look();
      const log = logs.of(tenant);
      // After a gap at revision 2 nobody knows where its events go on.
      if (next === 'anywhere') return undefined;
      const from = next ?? place;
      if (from === undefined || viewer === undefined) return undefined;
      if (from.branch !== log.branch) return `it still stands in a history that was given up`;
      const wanted = firstWanted(log, from.position, log.head);
      return wanted === undefined ? undefined : `${log.at(wanted)?.type} at ${wanted}; it stands at ${from.position}`;
    },
  };
}
