import { createHash } from 'node:crypto';

/** What happened in a world, line by line: the same seed gives the same lines. */
export interface Trace {
  say(line: string): void;
  /** The newest lines, oldest first. */
  readonly newest: readonly string[];
  /** SHA-256 over all lines so far, in hexadecimal. */
  digest(): string;
}

/**
 * @param keep how many of the newest lines are kept; the digest is over all of them
 * @param now virtual time in milliseconds, put before each line
 */
export function createTrace(keep: number, now: () => number): Trace {
  const hash = createHash('sha256');
  let lines: string[] = [];
  let pending = '';

  function flush(): void {
    hash.update(pending);
    pending = '';
  }

  return {
    say(text) {
      const line = `${now().toFixed(3)} ${text}`;
      pending += `${line}\n`;
      if (pending.length > 65_536) flush();
      if (keep === 0) return;
      lines.push(line);
      if (lines.length > 2 * keep) lines = lines.slice(-keep);
    },
    get newest() {
      return lines.slice(-keep);
    },
    digest() {
      flush();
      return hash.copy().digest('hex');
    },
  };
}
