import type { Clock } from '@tyrum/contracts';
import type { Loop } from './loop.ts';

/** One run of a program: what it waits for never comes any more once it is dead. */
export interface Process {
  readonly name: string;
  readonly alive: boolean;
  readonly clock: Clock;
  /** Calls back once, unless the process dies first. Returns the undo. */
  after(ms: number, callback: () => void): () => void;
  /** A wait that never ends when the process dies first. */
  sleep(ms: number): Promise<void>;
  /** `kill -9`: nothing of it acts from now on. */
  kill(): void;
  /** Is told when the process dies. */
  onDeath(callback: () => void): void;
}

/** The wall clock of a machine, which faults can move. */
export interface WallClock {
  /** Unix milliseconds. */
  now(): number;
  jump(ms: number): void;
}

/** When the worlds begin, by a wall clock that is right. */
const BEGINNING = Date.UTC(2026, 0, 1);

export function createWallClock(loop: Loop): WallClock {
  let offset = 0;
  return {
    now: () => BEGINNING + Math.floor(loop.elapsed) + offset,
    jump(ms) {
      offset += ms;
    },
  };
}

export function createProcess(loop: Loop, wall: WallClock, name: string): Process {
  let alive = true;
  const mourners: (() => void)[] = [];

  function after(ms: number, callback: () => void): () => void {
    return loop.after(ms, () => {
      if (alive) callback();
    });
  }

  return {
    name,
    get alive() {
      return alive;
    },
    clock: { now: wall.now, elapsed: () => loop.elapsed, after },
    after,
    sleep: (ms) => new Promise((resolve) => void after(ms, resolve)),
    kill() {
      if (!alive) return;
      alive = false;
      for (const mourn of mourners) mourn();
    },
    onDeath: (callback) => void mourners.push(callback),
  };
}
