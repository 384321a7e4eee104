import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { Clock } from '@tyrum/contracts';
import { systemClock } from '@tyrum/contracts/spoken';
import { ClientError } from '../client-error.ts';
import type { Journal, JournalEntry, JournalOutcome } from '../ports/journal.ts';
import { isErrno, PRIVATE_MODE, replaceFile, syncDirectory } from './atomic-file.ts';
import { type JournalLine, readJournal, writeLine } from './journal-lines.ts';

export interface FileJournalOptions {
  /** Milliseconds for which a finished entry is kept. A dispatch that is repeated later would run again. @default 30 days */
  readonly retentionMs?: number;
  readonly clock?: Clock;
}

/** A journal that can be closed, for a program that ends in an orderly way. */
export interface FileJournal extends Journal {
  /** @throws {ClientError} `storage_failed` once a line could not be written */
  find(key: string): JournalEntry | undefined;
  close(): Promise<void>;
}

const THIRTY_DAYS_MS = 2_592_000_000;
/** Lines that say nothing any more, above which the file is written anew. */
const MOST_DEAD_LINES = 1_000;

/**
 * A node's journal in a file to which lines are appended, each on disk before the work begins and before its answer leaves: it
 * survives a crash and a loss of power at any moment. A last line that was being written then is dropped. One process at a time.
 *
 * @throws {ClientError} `storage_failed` when the file holds something else
 */
export async function createFileJournal(path: string, options: FileJournalOptions = {}): Promise<FileJournal> {
  const { retentionMs = THIRTY_DAYS_MS, clock = systemClock() } = options;
  const entries = new Map<string, JournalLine>();
  let file = await openJournal(path, entries);
  let lines = entries.size;
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  let failure: ClientError | undefined;
  let closed = false;

  /** Resolves once the line is on disk; lines that wait for the one under way go out together. */
  function append(line: JournalLine): Promise<void> {
    if (closed) return Promise.reject(new ClientError('storage_failed', `journal ${path} is closed`));
    waiting.push(writeLine(line));
    if (next !== undefined) return next;
    const written = last.then(flush);
    next = written;
    last = written.catch(() => {});
    return written;
  }

  async function flush(): Promise<void> {
    next = undefined;
    const batch = waiting;
    waiting = [];
    // After a failed write nobody knows how much of it is there: only a restart, which reads the file, may go on.
    if (failure !== undefined) throw failure;
    try {
      await file.appendFile(batch.join(''));
      await file.datasync();
      lines += batch.length;
      if (lines - entries.size > MOST_DEAD_LINES) await compact();
    } catch (cause) {
      failure = new ClientError('storage_failed', `journal ${path} cannot be written; restart the node`, { cause });
      throw failure;
    }
  }

  /** Writes the file anew with what still says something. Lines that wait are appended to the new one. */
  async function compact(): Promise<void> {
    forgetOld();
    const text = [...entries.values()].map(writeLine).join('');
    await replaceFile(path, text);
    await file.close();
    file = await open(path, 'a', PRIVATE_MODE);
    lines = entries.size;
  }

  function forgetOld(): void {
    const oldest = clock.now() - retentionMs;
    for (const [key, line] of entries) if (line.outcome !== undefined && line.at < oldest) entries.delete(key);
  }

  const forgotten = entries.size;
  forgetOld();
  if (entries.size < forgotten) await compact();

  return {
    durable: true,
    find(key): JournalEntry | undefined {
      // What is in memory may not be on disk, where the next process would look.
      if (failure !== undefined) throw failure;
      const line = entries.get(key);
      if (line === undefined) return undefined;
      return line.outcome === undefined ? { state: 'started' } : { state: 'finished', outcome: line.outcome };
    },
    start(key) {
      const line = { key, at: clock.now() };
      entries.set(key, line);
      return append(line);
    },
    finish(key, outcome: JournalOutcome) {
      const line = { key, at: clock.now(), outcome };
      entries.set(key, line);
      return append(line);
    },
    async close() {
      closed = true;
      await last;
      await file.close();
    },
  };
}

/** Reads what is there, cuts off a torn last line, and opens the file for what comes after. */
async function openJournal(path: string, entries: Map<string, JournalLine>): Promise<FileHandle> {
  let bytes: Buffer | undefined;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  const file = await open(path, 'a', PRIVATE_MODE);
  try {
    if (bytes === undefined) await syncDirectory(path);
    else {
      const whole = readJournal(path, bytes, (line) => entries.set(line.key, line));
      if (whole < bytes.length) {
        await file.truncate(whole);
        await file.sync();
      }
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
