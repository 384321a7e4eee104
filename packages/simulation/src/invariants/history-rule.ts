import { existsAt, maySee, type Viewer } from '../truth/audience.ts';
import { positionIn, type TrueCursors } from '../truth/cursors.ts';
import type { TrueLog, TrueLogs } from '../truth/logs.ts';
import type { Verdict } from '../truth/verdict.ts';
import type { ReceivedRecovery } from './received-recovery.ts';
import type { Sending } from './watched.ts';

/** What one device's application has applied of the events, over all runs of its program. */
export interface History {
  /** A run of its program begins; `isOpen` says whether its client counts itself as connected. */
  began(isOpen: () => boolean): void;
  /** The last frame of a handshake has reached the client, which may still find it wanting. */
  offered(recovery: ReceivedRecovery): void;
  /** Its client says that it is connected. */
  connected(): void;
  /** An event has reached the client. */
  arrived(eventId: string, sending: Sending): void;
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
  /** Where it goes on once it comes to an event after a gap that it was told of, the newest last. */
  let gaps: (Place | 'anywhere')[] = [];
  /** How the events came that have reached the client: of one that came twice, the last time. */
  const arrivals = new Map<string, Sending>();
  let viewer: Viewer | undefined;
  let last: ReceivedRecovery | undefined;
  let offer: ReceivedRecovery | undefined;
  let isOpen = () => false;
  let firstOfRun = true;
  let done: { readonly place: Place; readonly at: number; readonly resumable: boolean }[] = [];
  /** What an ended run must have left in the storage. */
  let kept: Place | undefined;

  const fail = (message: string) => verdict.fail('every event or told', `${name}: ${message}`);

  /** The first event after a position, up to another, that this application surely waits for when it sees what the viewer may. */
  function firstWanted(log: TrueLog, after: number, upTo: number, by = viewer): number | undefined {
    if (by?.sure === false) return undefined;
    for (let position = after + 1; position <= upTo; position += 1) {
      const event = log.at(position);
      if (event === undefined || by === undefined || !hears(event.type)) continue;
      if (existsAt(event.type, by.revision) && maySee(by, event)) return position;
    }
    return undefined;
  }

  function positionOf({ cursor }: ReceivedRecovery): Place | undefined {
    if (cursor === undefined) return undefined;
    const facts = cursors.find(cursor);
    return { branch: facts?.branch ?? logs.of(tenant).branch, position: facts?.position ?? positionIn(cursor) };
  }

  /** Where an event stands that was just applied; complains when it does not follow what the application had. */
  function placeOf(eventId: string, by: Viewer | undefined, log: TrueLog): Place | undefined {
    for (const [index, base] of [place, ...gaps].entries()) {
      if (base === undefined || base === 'anywhere') continue;
      const history = logs.inBranch(tenant, base.branch);
      const found = history?.find(eventId)?.position;
      if (history === undefined || found === undefined || found <= base.position) continue;
      if (by?.sure !== false && firstWanted(history, base.position, found, by) !== found) continue;
      // What was buffered before a gap may reach to it or beyond.
      const isOpen = (gap: Place | 'anywhere') =>
        gap === 'anywhere' || gap.branch !== base.branch || gap.position > found;
      gaps = gaps.slice(index).filter(isOpen);
      return { branch: base.branch, position: found };
    }
    const found = log.find(eventId)?.position;
    if (found === undefined) return undefined;
    if (place !== undefined && !gaps.includes('anywhere')) {
      const { branch, position } = place;
      const missed = branch === log.branch ? firstWanted(log, position, found - 1, by) : undefined;
      const without = missed === undefined ? '' : `, without ${missed} and without being told`;
      fail(`applied position ${found} of history ${log.branch} after ${position} of ${branch}${without}`);
    }
    gaps = [];
    return { branch: log.branch, position: found };
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
      const stands = gaps.at(-1) ?? place;
      if (stands !== undefined && stands !== 'anywhere' && stands.branch === at.branch) {
        const log = logs.inBranch(tenant, at.branch);
        const skipped = log === undefined ? undefined : firstWanted(log, stands.position, at.position);
        if (skipped !== undefined) fail(`a new run resumes at ${at.position}, and ${skipped} was never applied`);
      }
      if (kept !== undefined && kept.branch === at.branch && at.position < kept.position) {
        fail(`a new run resumes at ${at.position}, and ${kept.position} was processed long before the last one ended`);
      }
    } else if (recovery.outcome === 'fresh' && storage && kept !== undefined && recovery.revision >= 3) {
      fail(`a new run begins afresh, and ${kept.position} was processed long before the last one ended`);
    }
    place = at;
    gaps = [];
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
    arrived: (eventId, sending) => void arrivals.set(eventId, sending),
    applied(eventId, type) {
      look();
      const { viewer: by, log } = arrivals.get(eventId) ?? { viewer, log: logs.of(tenant) };
      if (by !== undefined && !existsAt(type, by.revision)) return () => {};
      const here = placeOf(eventId, by, log);
      if (here === undefined) {
        verdict.fail('audience', `${name} applied ${type} ${eventId}, which the log of ${tenant} does not have`);
        return () => {};
      }
      place = here;
      const resumable = (by?.revision ?? 2) >= 3;
      return () => void done.push({ place: here, at: now(), resumable });
    },
    snapshotRequired(reason) {
      look();
      if (last === undefined) return fail(`was told ${reason} before it had ever been connected`);
      const own = ['not_resumable', 'unknown_cursor'];
      const true_ =
        last.outcome === 'snapshot_required'
          ? last.reason === reason
          : own.includes(reason) && last.outcome !== 'resumed';
      if (!true_) fail(`was told ${reason}, and the gateway had said ${last.outcome} ${last.reason ?? ''}`);
      const at = positionOf(last);
      if (snapshotsAside) gaps.push(at ?? 'anywhere');
      else {
        place = at;
        gaps = [];
      }
    },
    ended(inOrder) {
      const cutoff = inOrder ? now() : now() - STORING_MS;
      // Without cursors, at revision 2, there is no place to keep.
      const left = done.findLast(({ at }) => at <= cutoff);
      kept = storage && left?.resumable === true ? left.place : undefined;
      done = [];
      firstOfRun = true;
    },
    missing() {
      look();
      const log = logs.of(tenant);
      // After a gap at revision 2 nobody knows where its events go on.
      const from = gaps.at(-1) ?? place;
      if (from === 'anywhere') return undefined;
      if (from === undefined || viewer === undefined) return undefined;
      if (!viewer.sure) return 'what it may see, which is about to change';
      if (from.branch !== log.branch) return `it still stands in a history that was given up`;
      const wanted = firstWanted(log, from.position, log.head);
      return wanted === undefined ? undefined : `${log.at(wanted)?.type} at ${wanted}; it stands at ${from.position}`;
    },
  };
}
