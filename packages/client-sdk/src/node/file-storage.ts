import { readFile } from 'node:fs/promises';
import { ClientError } from '../client-error.ts';
import type { ClientStorage } from '../ports/storage.ts';
import { isErrno, replaceFile } from './atomic-file.ts';

/**
 * A storage in one JSON file, readable by its owner alone. A value that was set survives a crash and a loss of power. One process
 * at a time.
 */
export function createFileStorage(path: string): ClientStorage {
  let loading: Promise<Map<string, string>> | undefined;
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  function values(): Promise<Map<string, string>> {
    loading ??= readValues(path).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  /** Writes that wait for the one under way go out together. */
  function write(): Promise<void> {
    if (next !== undefined) return next;
    const written = last.then(async () => {
      next = undefined;
      await replaceFile(path, JSON.stringify(Object.fromEntries(await values())));
    });
    next = written;
    last = written.catch(() => {});
    return written;
  }

  return {
    get: async (key) => (await values()).get(key),
    async set(key, value) {
      (await values()).set(key, value);
      await write();
    },
    async delete(key) {
      (await values()).delete(key);
      await write();
    },
  };
}

async function readValues(path: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return new Map();
    throw error;
  }
  const value = parse(text);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return new Map(entries);
  }
  throw new ClientError('storage_failed', `storage file ${path} does not hold a JSON object of strings`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
