import { ClientError } from '../client-error.ts';
import type { StoredValue } from '../storage/stored-value.ts';
import type { RequestWords } from './outgoing.ts';

/** A request that has not settled, as it survives the process. */
export interface OutboxRecord extends Omit<RequestWords, 'trace'> {
  /** Unix milliseconds before it was first sent; absent while it never was. */
  readonly sentAt?: number;
  /** How long after that the gateway recognises it, in milliseconds. */
  readonly windowMs?: number;
}

/** The requests that have not settled, kept in the storage: what is in it is sent again after a restart. */
export interface Outbox {
  load(): Promise<readonly OutboxRecord[]>;
  /** Resolves once it would be found after a restart. @throws {ClientError} `storage_failed` */
  put(record: OutboxRecord): Promise<void>;
  remove(requestId: string): Promise<void>;
}

export function createOutbox(stored: StoredValue): Outbox {
  const records = new Map<string, OutboxRecord>();
  let loading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const text = await stored.load();
    for (const record of text === undefined ? [] : parse(text)) records.set(record.requestId, record);
  }

  /** What is stored is read before anything is written over it; a read that failed is tried again. */
  function loaded(): Promise<void> {
    loading ??= read().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  function write(): Promise<void> {
    return stored.save(records.size === 0 ? undefined : JSON.stringify([...records.values()]));
  }

  return {
    async load() {
      await loaded();
      return [...records.values()];
    },
    async put(record) {
      await loaded();
      records.set(record.requestId, record);
      await write();
    },
    async remove(requestId) {
      await loaded();
      if (records.delete(requestId)) await write();
    },
  };
}

function parse(text: string): readonly OutboxRecord[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every(isRecord)) return value;
  } catch {
    // Told below, with the other ways of being unreadable.
  }
  throw new ClientError('storage_failed', 'storage: the unsettled requests cannot be read; what they did is not known');
}

function isRecord(value: unknown): value is OutboxRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { requestId, type, payload } = value as Partial<OutboxRecord>;
  return typeof requestId === 'string' && typeof type === 'string' && typeof payload === 'string';
}
