import type { Clock, RequestFrame } from '@tyrum/contracts';
import { ProtocolError } from '@tyrum/contracts/spoken';
import { afterLong } from '../long-timer.ts';
import type { Journal, JournalEntry, JournalOutcome } from '../ports/journal.ts';
import { errorBodyOf } from './answer.ts';

/** Lets each remote request happen once, however often and over however many connections it is asked. */
export interface RemoteRuns {
  /**
   * Joins a run that is under way, answers from the journal, or runs. The run goes on when the connection ends: its outcome waits
   * in the journal.
   */
  run(
    frame: RequestFrame,
    payload: unknown,
    work: (signal: AbortSignal) => Promise<JournalOutcome>,
  ): Promise<JournalOutcome>;
  /** `task.abort`: nobody waits for this dispatch any more. */
  abort(payload: unknown): void;
  abortAll(reason: Error): void;
}

interface Run {
  readonly controller: AbortController;
  readonly outcome: Promise<JournalOutcome>;
}

export function createRemoteRuns(options: {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly onError: (error: unknown, where: string) => void;
}): RemoteRuns {
  const { journal, clock } = options;
  /** By the journal's key. */
  const runs = new Map<string, Run>();

  async function begin(
    key: string,
    { attempt, deadline_ms: deadlineMs }: DispatchFacts,
    controller: AbortController,
    work: (signal: AbortSignal) => Promise<JournalOutcome>,
  ): Promise<JournalOutcome> {
    let entry: JournalEntry | undefined;
    try {
      entry = await journal.find(key);
    } catch (error) {
      return unavailable(error);
    }
    if (entry?.state === 'finished') return entry.outcome;
    if (entry !== undefined)
      return unknownOutcome('it was started before this node restarted, and its result was not kept');
    if (!journal.durable && (attempt ?? 1) > 1) {
      return unknownOutcome('this node keeps no journal, and an earlier attempt may have reached it');
    }
    try {
      await journal.start(key);
    } catch (error) {
      return unavailable(error);
    }
    const cancelDeadline =
      deadlineMs === undefined
        ? () => {}
        : afterLong(clock, deadlineMs, () => controller.abort(new ProtocolError('timeout', 'the deadline has passed')));
    const outcome = await work(controller.signal);
    cancelDeadline();
    try {
      await journal.finish(key, outcome);
    } catch (error) {
      // What happened cannot be kept; while this process lives, the answer is still known.
      options.onError(error, 'keeping the outcome in the journal');
    }
    return outcome;
  }

  /** Nothing was begun, so that nothing is lost by asking again. */
  function unavailable(error: unknown): JournalOutcome {
    options.onError(error, 'the journal');
    return {
      ok: false,
      error: errorBodyOf(new ProtocolError('unavailable', 'the journal of this node cannot be used now')),
    };
  }

  return {
    run(frame, payload, work) {
      const facts = factsOf(payload);
      const key = `${frame.type} ${facts.dispatch_id ?? frame.request_id}`;
      const known = runs.get(key);
      if (known !== undefined) return known.outcome;
      const controller = new AbortController();
      const outcome = begin(key, facts, controller, work).finally(() => runs.delete(key));
      runs.set(key, { controller, outcome });
      return outcome;
    },
    abort(payload) {
      const { dispatch_id: dispatchId, reason } = factsOf(payload);
      const error = new ProtocolError('cancelled', reason ?? 'the task was cancelled');
      if (dispatchId !== undefined) runs.get(`task.execute ${dispatchId}`)?.controller.abort(error);
    },
    abortAll(reason) {
      for (const { controller } of runs.values()) controller.abort(reason);
    },
  };
}

/** What a dispatch says about itself; other remote requests say none of it. */
interface DispatchFacts {
  readonly dispatch_id?: string;
  readonly attempt?: number;
  readonly deadline_ms?: number;
  readonly reason?: string;
}

function factsOf(payload: unknown): DispatchFacts {
  return (payload ?? {}) as DispatchFacts;
}

function unknownOutcome(why: string): JournalOutcome {
  return { ok: false, error: errorBodyOf(new ProtocolError('outcome_unknown', why)) };
}
