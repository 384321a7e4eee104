import type { WorldReport } from '../world.ts';

/** A line that tells how far a run is. */
export interface Progress {
  ran(report: WorldReport): void;
  end(): void;
}

const EVERY_MS = 1_000;

export function createProgress(count: number): Progress {
  const started = performance.now();
  const interactive = process.stderr.isTTY;
  let worlds = 0;
  let steps = 0;
  let next = EVERY_MS;

  function line(seed: string): string {
    const seconds = (performance.now() - started) / 1000;
    const rate = worlds / seconds;
    return `${worlds}/${count} worlds, ${rate.toFixed(1)} worlds/s, ${Math.round(steps / seconds)} steps/s, at seed ${seed}`;
  }

  return {
    ran({ seed, steps: more }) {
      worlds += 1;
      steps += more;
      const elapsed = performance.now() - started;
      if (elapsed < next && worlds < count) return;
      // Where nobody sees a line change, it is written rarely.
      next = elapsed + EVERY_MS * (interactive ? 1 : 10);
      process.stderr.write(interactive ? `\r${line(seed)}\u001b[K` : `${line(seed)}\n`);
    },
    end() {
      if (interactive) process.stderr.write('\n');
    },
  };
}
