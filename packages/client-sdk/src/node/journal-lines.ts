import { ClientError } from '../client-error.ts';
import type { JournalOutcome } from '../ports/journal.ts';

/** One line of a journal file: a request was started, or it finished with an outcome. */
export interface JournalLine {
  readonly key: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly outcome?: JournalOutcome;
}

const LINE_FEED = 0x0a;

export function writeLine(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * Reads the lines of a journal. What stands after the last line end was being written when the power went, and says nothing.
 *
 * @returns how many bytes hold whole lines
 * @throws {ClientError} `storage_failed` for a whole line that is not one of a journal
 */
export function readJournal(path: string, bytes: Buffer, take: (line: JournalLine) => void): number {
  const whole = bytes.lastIndexOf(LINE_FEED) + 1;
  const lines = bytes.toString('utf8', 0, whole).split('\n').slice(0, -1);
  lines.forEach((text, index) => {
    const line = parse(text);
    if (line === undefined)
      throw new ClientError('storage_failed', `journal ${path}: line ${index + 1} is not one of a journal`);
    take(line);
  });
  return whole;
}

function parse(text: string): JournalLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { key, at, outcome } = value as Partial<JournalLine>;
    const shaped =
      typeof key === 'string' && typeof at === 'number' && (outcome === undefined || typeof outcome.ok === 'boolean');
    return shaped ? (value as JournalLine) : undefined;
  } catch {
    return undefined;
  }
}
