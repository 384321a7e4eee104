import { ProtocolError, randomText } from '@tyrum/contracts';
import type { TurnRunner } from '../../ports/turn-runner.ts';
import { type Background, causeOf } from '../background.ts';
import type { DomainServices } from '../domain.ts';
import type { LogFeed } from '../log-feed.ts';
import { inTenant, SYSTEM, type TenantUnit } from '../tenant-unit.ts';
import { takeIn } from './take-in.ts';
import { type OpenContext, openContext, type TurnApprovals, type TurnTasks } from './turn-context.ts';
import { historyOf, saidBy } from './turn-history.ts';
import type { TurnLane } from './turn-lane.ts';
import { isUnfinished, type TurnJob, type TurnRecord, turnJobs, turns } from './turn-records.ts';
import { keepRunning, type TurnEnd } from './turn-transitions.ts';

/** Runs the turns that are ready, in this process. */
export interface TurnRuns {
  /** A turn may be taken. */
  wake(tenant: string, turnId: string): void;
  /** Takes up what ran and what waited when the last process ended. */
  start(): Promise<void>;
  /** Takes nothing more; runners are told, and what they run is left to be taken up again. */
  stop(): void;
}

export interface TurnRunsOptions {
  readonly services: DomainServices;
  readonly background: Background;
  readonly lane: TurnLane;
  readonly tasks: TurnTasks;
  readonly approvals: TurnApprovals;
  readonly feed: LogFeed;
  /** Turns that run in this process at a time, those left out that wait for an approval; the others wait. */
  readonly maxRunning: number;
  /** Turns of this process that may wait for an approval without taking the place of one that runs. */
  readonly maxPaused: number;
  /** Messages that a runner is given at the most, besides those that it answers. */
  readonly maxHistory: number;
}

interface Run {
  readonly tenant: string;
  readonly turnId: string;
  readonly controller: AbortController;
  live: boolean;
  /** Approvals that its runner waits for. */
  waits: number;
}

const BATCH = 64;
const LOOK_MS = 5000;
const LONGEST_MESSAGE = 1024;

const absentRunner: TurnRunner = {
  run: () =>
    Promise.reject(
      new ProtocolError('unavailable', 'nothing answers conversations here: start the gateway with a `runner`'),
    ),
};

export function createTurnRuns(options: TurnRunsOptions): TurnRuns {
  const { services, background, lane, maxRunning, maxPaused } = options;
  const { store, clock, owner, telemetry, random, runner = absentRunner } = services;
  /** Bounded by `maxRunning` and `maxPaused`. */
  const runs = new Map<string, Run>();
  let pausedCount = 0;
  let started = false;
  /** More turns are ready than there was room for. */
  let backlog = false;
  let pumping = false;
  let stopLooking = (): void => undefined;

  function hasRoom(): boolean {
    return runs.size - Math.min(pausedCount, maxPaused) < maxRunning;
  }

  function wake(tenant: string, turnId: string): void {
    if (!started || background.stopping || runs.has(turnId)) return;
    if (!hasRoom()) {
      backlog = true;
      return;
    }
    const run: Run = { tenant, turnId, controller: new AbortController(), live: true, waits: 0 };
    runs.set(turnId, run);
    background.run('run a turn', async () => {
      try {
        const record = await background.persist('take a turn', () =>
          inTenant(services, tenant, (unit) => take(unit, turnId)),
        );
        if (record !== undefined) void execute(run, record);
        else release(run);
      } catch (error) {
        // Not released: what cannot be taken must not be tried again at once, and for ever.
        runs.delete(turnId);
        throw error;
      }
    });
  }

  /** Claims a turn for this process, unless it is somebody's already or has ended. */
  async function take(unit: TenantUnit, turnId: string): Promise<TurnRecord | undefined> {
    const job = (await unit.tx.documents.get(SYSTEM, turnJobs, turnId))?.value;
    // Its own claim may stand there already: one that was kept although the store could not say so.
    if (job === undefined || (job.owner !== null && job.owner !== owner)) return undefined;
    const record = (await unit.tx.documents.get(unit.tenant, turns, turnId))?.value;
    if (record === undefined || !isUnfinished(record)) {
      await unit.tx.documents.delete(SYSTEM, turnJobs, turnId);
      return undefined;
    }
    await unit.tx.documents.put(SYSTEM, turnJobs, turnId, { ...job, owner });
    return keepRunning(unit, record);
  }

  /** Runs the runner to its end. Not waited for when the domain stops: a runner may ignore its signal. */
  async function execute(run: Run, record: TurnRecord): Promise<void> {
    const end = await outcomeOf(run, () => perform(run, record));
    if (run.live) background.run('end a turn', () => finish(run, record, end));
  }

  async function perform(run: Run, record: TurnRecord): Promise<void> {
    const open = await background.persist('read a conversation', () => openFor(run, record));
    if (open === undefined || !run.live) return;
    try {
      await runner.run(record.turn, open.context);
    } finally {
      await open.settled();
    }
  }

  async function finish(run: Run, record: TurnRecord, end: TurnEnd): Promise<void> {
    try {
      await background.persist('end a turn', () =>
        inTenant(services, run.tenant, async (unit) => {
          const current = await held(unit, record);
          if (current !== undefined) await lane.end(unit, current, end);
        }),
      );
    } finally {
      run.live = false;
      // What the runner left behind without waiting for it ends here.
      run.controller.abort('ended');
      release(run);
    }
  }

  async function openFor(run: Run, record: TurnRecord): Promise<OpenContext> {
    const { tenant, turnId, controller } = run;
    const read = await store.transact(async (tx) => ({
      messages: await historyOf(tx, tenant, record, options.maxHistory),
      said: await saidBy(tx, tenant, turnId),
    }));
    return openContext(services, {
      tenant,
      record,
      ...read,
      signal: controller.signal,
      live: () => run.live,
      tasks: options.tasks,
      approvals: options.approvals,
      takeIn: (unit, current) => takeIn(unit, lane, current),
      waiting: (promise) => waiting(run, promise),
      write: (work) =>
        inTenant(services, tenant, async (unit) => {
          const current = run.live ? await held(unit, record) : undefined;
          if (current === undefined) throw ended();
          return work(unit, current);
        }),
    });
  }

  /** The turn as it is now, if it is still this run's: nobody ended it or took it up again. */
  async function held({ tx, tenant }: TenantUnit, { turn }: TurnRecord): Promise<TurnRecord | undefined> {
    const current = (await tx.documents.get(tenant, turns, turn.turn_id))?.value;
    const mine = current !== undefined && isUnfinished(current) && current.turn.attempt === turn.attempt;
    return mine ? current : undefined;
  }

  async function outcomeOf(run: Run, work: () => Promise<void>): Promise<TurnEnd> {
    try {
      await work();
      return { status: 'succeeded' };
    } catch (error) {
      if (ProtocolError.is(error)) {
        return { status: 'failed', error: { code: error.code, message: error.message.slice(0, LONGEST_MESSAGE) } };
      }
      const errorId = randomText(random, 9);
      // A runner that was told to stop may throw whatever it likes.
      if (run.live) telemetry.log('error', 'a runner failed', { error_id: errorId, cause: causeOf(error) });
      return { status: 'failed', error: { code: 'internal', message: `the runner failed; error id ${errorId}` } };
    }
  }

  /** Gives the place of a run to another turn for as long as it waits for an approval. */
  async function waiting<Value>(run: Run, promise: Promise<Value>): Promise<Value> {
    run.waits += 1;
    if (run.waits === 1) pausedCount += 1;
    if (backlog) pump();
    try {
      return await promise;
    } finally {
      run.waits -= 1;
      if (run.waits === 0) pausedCount -= 1;
    }
  }

  function release(run: Run): void {
    if (runs.get(run.turnId) === run) runs.delete(run.turnId);
    if (backlog) pump();
  }

  /** Takes what is ready, for as long as there is room. */
  function pump(): void {
    if (pumping || !started || background.stopping) return;
    pumping = true;
    background.run('take up turns', async () => {
      try {
        await background.persist('look for turns', fill);
      } finally {
        pumping = false;
      }
    });
  }

  async function fill(): Promise<void> {
    do {
      backlog = false;
      let after: string | undefined;
      do {
        const query = { index: 'ready', limit: BATCH, ...(after === undefined ? {} : { after }) };
        const { items, next } = await store.transact((tx) => tx.documents.list(SYSTEM, turnJobs, query));
        for (const { value } of items) wake(value.tenant, value.turn_id);
        after = next;
      } while (after !== undefined && hasRoom());
      if (after !== undefined) backlog = true;
      // Room that came about while the list was read is not noticed by whoever made it.
    } while (backlog && hasRoom() && !background.stopping);
  }

  /** Makes ready again what earlier processes had taken. Resolves with whether there may be more. */
  function adopt(): Promise<boolean> {
    return store.transact(async (tx) => {
      const { items, next } = await tx.documents.list(SYSTEM, turnJobs, { index: 'owned', limit: BATCH });
      for (const { id, value } of items) {
        const ready: TurnJob = { ...value, owner: null };
        await tx.documents.put(SYSTEM, turnJobs, id, ready);
      }
      return next !== undefined;
    });
  }

  /** Finds what nobody was woken for: the work of another process, or a commit that was kept although the store could not say so. */
  function lookAgain(): void {
    pump();
    stopLooking = clock.after(LOOK_MS, lookAgain);
  }

  /** A turn has been cancelled: its runner is told, and nothing that it does has an effect any more. */
  options.feed.onTurnCancelled((turnId) => {
    const run = runs.get(turnId);
    if (run === undefined) return;
    run.live = false;
    run.controller.abort('cancelled');
    release(run);
  });

  return {
    wake,
    async start() {
      while (await adopt());
      started = true;
      lookAgain();
    },
    stop() {
      started = false;
      stopLooking();
      for (const run of runs.values()) {
        run.live = false;
        run.controller.abort('stopping');
      }
      runs.clear();
    },
  };
}

function ended(): ProtocolError {
  return new ProtocolError('cancelled', 'the turn has ended');
}
