import { createEventQueue } from './event-queue.ts';

/** Virtual time: nothing waits for anything, and the same calls give the same order. */
export interface Loop {
  /** Milliseconds since the world began, with fractions. */
  readonly elapsed: number;
  /** Callbacks that have run. */
  readonly steps: number;
  /** Calls back once, that many milliseconds from now. Returns the undo. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back once at a moment: what is due at the same one comes in the order of the calls. */
  at(time: number, callback: () => void): () => void;
  /** Runs what is due until virtual time reaches `until`, or nothing is due any more. @throws what a callback or `afterStep` throws */
  run(until: number): Promise<void>;
}

/**
 * @param afterStep is called after every callback, once all promises that it settled have had their turn
 */
export function createLoop(afterStep: () => void): Loop {
  const queue = createEventQueue<{ run: (() => void) | undefined }>();
  let elapsed = 0;
  let steps = 0;

  function at(time: number, callback: () => void): () => void {
    const entry: { run: (() => void) | undefined } = { run: callback };
    queue.add(Math.max(elapsed, time), entry);
    return () => {
      entry.run = undefined;
    };
  }

  return {
    get elapsed() {
      return elapsed;
    },
    get steps() {
      return steps;
    },
    after: (ms, callback) => at(elapsed + ms, callback),
    at,
    async run(until) {
      while (queue.nextTime <= until) {
        const due = queue.take();
        const run = due?.value.run;
        if (due === undefined || run === undefined) continue;
        elapsed = due.time;
        steps += 1;
        run();
        await settled();
        afterStep();
      }
      elapsed = Math.max(elapsed, until);
    },
  };
}

/**
 * Resolves once every promise reaction that is ready, and every one that these make ready, has run: Node.js takes the next
 * tick only when its queue of microtasks is empty.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
