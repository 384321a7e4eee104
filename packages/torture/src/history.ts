import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Report } from './reports.ts';

/** What the peers reported and what was done to them, in order, as lines of JSON in a file. */
export interface History {
  record(name: string, report: Report): void;
  /** What was done to the gateway or to the network. */
  note(deed: string): void;
  /** Resolves when everything is in the file. */
  close(): Promise<void>;
}

export function createHistory(path: string): History {
  const startedAt = performance.now();
  const file = createWriteStream(path);
  const write = (line: object) =>
    void file.write(`${JSON.stringify({ ms: Math.round(performance.now() - startedAt), ...line })}\n`);
  return {
    record: (name, report) => write({ name, ...report }),
    note: (deed) => write({ deed }),
    close() {
      file.end();
      return finished(file);
    },
  };
}
