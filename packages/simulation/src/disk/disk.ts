import {
  createMemoryStore,
  type MemorySnapshot,
  type Store,
  type StoredEvent,
  StoreUnavailableError,
  type Transaction,
} from '@tyrum/gateway-core';
import type { Loop } from '../kernel/loop.ts';
import type { Prng } from '../kernel/prng.ts';
import type { Process } from '../kernel/process.ts';
import { slowTransaction } from './slow-transaction.ts';
import { type Written, watchWrites } from './watch-writes.ts';

/** Where in a commit or a read the machine stops. In the middle of a commit it is luck whether it was written. */
export type CrashPhase = 'before' | 'within, lost' | 'within, kept' | 'after';

export interface CrashPoint {
  readonly operation: 'commit' | 'read';
  readonly phase: CrashPhase;
  /** How many such operations still go well. */
  readonly skip: number;
}

/** What a machine keeps while its programs come and go, with everything that disks do wrong. */
export interface Disk {
  /** Everything that was synced: what a program finds that starts now. */
  readonly synced: MemorySnapshot | undefined;
  /** A store on this disk, for a program that has just started: it alone may use the disk from now on. */
  open(program: Process): Store;
  /** Nobody may use the disk until it is opened again: what is committed later fails. */
  fence(): void;
  /** Another content from now on, for instance an older one. No program may be running on it. */
  replaceWith(snapshot: MemorySnapshot): void;
  crashAt(point: CrashPoint): void;
  /** The next commits fail as a whole: the disk is full. */
  failCommits(count: number): void;
  /** The next commits are kept, and the program is told that they failed. */
  loseAnswers(count: number): void;
  /** The next reads of the log fail. */
  failReads(count: number): void;
  /** Commits and reads take this much longer, until then. */
  slow(ms: number, until: number): void;
  /** Nothing goes wrong any more. */
  mend(): void;
}

export interface DiskOptions {
  readonly loop: Loop;
  readonly random: Prng;
  /** The machine stops now. */
  readonly crash: () => void;
  /** Events were synced. Comes before any program hears of them. */
  readonly onAppend: (tenant: string, events: readonly StoredEvent[]) => void;
  /** Something else was synced. Comes before any program hears of it. */
  readonly onWritten: (written: Written) => void;
  readonly onAnswerLost: () => void;
  readonly say: (line: string) => void;
}

const never = new Promise<never>(() => {});

export function createDisk(options: DiskOptions): Disk {
  const { loop, random, say } = options;
  let synced: MemorySnapshot | undefined;
  let holder: Process | undefined;
  let crashPoint: { readonly point: CrashPoint; left: number } | undefined;
  let commitsToFail = 0;
  let answersToLose = 0;
  let readsToFail = 0;
  let slowness = { ms: 0, until: 0 };

  /** Whether the machine stops in this operation, and where. */
  function strike(operation: CrashPoint['operation']): CrashPhase | undefined {
    if (crashPoint?.point.operation !== operation) return undefined;
    crashPoint.left -= 1;
    if (crashPoint.left >= 0) return undefined;
    const { phase } = crashPoint.point;
    crashPoint = undefined;
    say(`disk: stops ${phase} a ${operation}`);
    return phase;
  }

  const extra = () => (loop.elapsed < slowness.until ? slowness.ms : 0);

  return {
    get synced() {
      return synced;
    },
    fence() {
      holder = undefined;
    },
    open(program) {
      holder = program;
      let phase: CrashPhase | undefined;
      /** What the works of the running batch wrote, those left out that failed. */
      let batch: Written[] = [];
      let batches = 0;
      const store = createMemoryStore({
        ...(synced === undefined ? {} : { from: synced }),
        schedule: (callback) => void program.after(0.01, callback),
        onListenerError(error) {
          throw error;
        },
        faults: {
          // Every third batch runs twice from the start, as one of SQLite may: no work may have an effect besides its writes.
          runAgain() {
            batches += 1;
            if (batches % 3 > 0) return false;
            batch = [];
            return true;
          },
          async beforeCommit() {
            mustHold();
            phase = strike('commit');
            if (phase === 'before') {
              options.crash();
              await never;
            }
            await program.sleep(random.between(5, 400) / 100 + extra());
            if (phase === 'within, lost') {
              options.crash();
              await never;
            }
            mustHold();
            if (commitsToFail > 0) {
              commitsToFail -= 1;
              batch = [];
              say('disk: a commit fails');
              throw new Error('the disk is full');
            }
            // What is written while the machine stops is there after it; the program will not hear of it.
            if (phase === 'within, kept') options.crash();
          },
          async afterCommit() {
            synced = store.snapshot();
            for (const written of batch) options.onWritten(written);
            batch = [];
            if (phase === 'after') options.crash();
            if (!program.alive) await never;
            if (answersToLose > 0) {
              answersToLose -= 1;
              say('disk: an answer is lost');
              options.onAnswerLost();
              throw new Error('the disk did not answer');
            }
          },
          async beforeRead() {
            await beforeRead(true);
          },
        },
      });

      function mustHold(): void {
        if (holder === program) return;
        batch = [];
        throw new StoreUnavailableError(`the disk is not ${program.name}'s any more`);
      }

      async function beforeRead(mayFail: boolean): Promise<void> {
        mustHold();
        const where = strike('read');
        if (where === 'before') {
          options.crash();
          await never;
        }
        if (extra() > 0 || where !== undefined) await program.sleep(random.between(1, 100) / 100 + extra());
        if (where !== undefined) {
          options.crash();
          await never;
        }
        if (mayFail && readsToFail > 0) {
          readsToFail -= 1;
          say('disk: a read fails');
          throw new Error('the disk cannot be read');
        }
      }

      store.log.onAppend(options.onAppend);
      const isSlow = () => crashPoint?.point.operation === 'read' || extra() > 0;
      return {
        durability: 'disk',
        transact: (work) =>
          store.transact(async (tx) => {
            const written: Written[] = [];
            mustHold();
            const seen: Transaction = slowTransaction(watchWrites(tx, written), () => beforeRead(false), isSlow);
            const value = await work(seen);
            batch.push(...written);
            return value;
          }),
        log: store.log,
        close: store.close,
      };
    },
    replaceWith(snapshot) {
      synced = snapshot;
    },
    crashAt(point) {
      crashPoint = { point, left: point.skip };
    },
    failCommits(count) {
      commitsToFail = count;
    },
    loseAnswers(count) {
      answersToLose = count;
    },
    failReads(count) {
      readsToFail = count;
    },
    slow(ms, until) {
      slowness = { ms, until };
    },
    mend() {
      crashPoint = undefined;
      commitsToFail = 0;
      answersToLose = 0;
      readsToFail = 0;
      slowness = { ms: 0, until: 0 };
    },
  };
}
