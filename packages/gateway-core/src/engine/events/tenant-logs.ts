import type { Contract } from '@tyrum/contracts';
import type { Store, StoredEvent } from '../../ports/store.ts';
import type { CursorCodec } from './cursor.ts';
import { encodeLogged, type LoggedEvent } from './encoded-event.ts';
import { createHotTail, type HotTail } from './hot-tail.ts';

/** The log of one tenant as its connections read it. */
export interface TenantLog {
  readonly tail: HotTail;
  /** Encodes a page of events that stand in the log. */
  encodePage(events: readonly StoredEvent[]): readonly LoggedEvent[];
  /** The place half of a cursor of this log. */
  placeHalf(position: number, eventId: string): string;
  /** This user of the log is done with it; the last one lets it go. */
  release(): void;
}

/** The logs of the tenants that have connections. */
export interface TenantLogs {
  open(tenant: string): Promise<TenantLog>;
  /** How many are held. */
  readonly size: number;
  stop(): void;
}

interface Entry {
  users: number;
  tail: HotTail | undefined;
  /** What was committed while the log was being opened. */
  early: StoredEvent[];
  opened: Promise<TenantLog> | undefined;
  /** The place that was named last: what is up to date all names the same one. */
  place: { readonly position: number; readonly half: string };
}

export function createTenantLogs(options: {
  store: Store;
  contract: Contract;
  codec: CursorCodec;
  newEpoch: () => string;
  /** New events of a tenant can be read. */
  onAppend: (tenant: string) => void;
}): TenantLogs {
  const { store, contract, codec, newEpoch, onAppend } = options;
  const entries = new Map<string, Entry>();

  const unlisten = store.log.onAppend((tenant, events) => {
    const entry = entries.get(tenant);
    if (entry === undefined) return;
    if (entry.tail === undefined) entry.early.push(...events);
    else {
      entry.tail.append(events);
      onAppend(tenant);
    }
  });

  /** The log as all its users share it; each of them releases it once. */
  async function openLog(tenant: string, entry: Entry): Promise<TenantLog> {
    const { epoch, head } = await store.transact((tx) => tx.log.state(tenant, newEpoch));
    const identity = { codec, tenant, epoch };
    const encodePage = (events: readonly StoredEvent[]) => encodeLogged(contract, identity, events);
    const tail = createHotTail(epoch, head, encodePage);
    tail.append(entry.early.splice(0));
    entry.tail = tail;
    return {
      tail,
      encodePage,
      placeHalf(position, eventId) {
        // What its event's own cursors say, where the event is at hand; another may stand there than a read that failed has seen.
        const there = tail.next(position - 1);
        if (there?.event.eventId === eventId) return there.placeHalf();
        if (entry.place.position !== position) {
          entry.place = { position, half: codec.placeHalf({ tenant, epoch, position, eventId }) };
        }
        return entry.place.half;
      },
      release() {
        entry.users -= 1;
        if (entry.users === 0 && entries.get(tenant) === entry) entries.delete(tenant);
      },
    };
  }

  return {
    async open(tenant) {
      const entry: Entry = entries.get(tenant) ?? {
        users: 0,
        tail: undefined,
        early: [],
        opened: undefined,
        place: { position: -1, half: '' },
      };
      entries.set(tenant, entry);
      entry.users += 1;
      try {
        entry.opened ??= openLog(tenant, entry);
        return new UsedLog(await entry.opened);
      } catch (error) {
        // Nobody else is to find it: the next one tries the store again.
        if (entries.get(tenant) === entry) entries.delete(tenant);
        throw error;
      }
    },
    get size() {
      return entries.size;
    },
    stop: unlisten,
  };
}

/**
 * A log for one of its users.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
class UsedLog implements TenantLog {
  readonly #shared: TenantLog;
  #released = false;

  constructor(shared: TenantLog) {
    this.#shared = shared;
  }

  get tail(): HotTail {
    return this.#shared.tail;
  }

  encodePage(events: readonly StoredEvent[]): readonly LoggedEvent[] {
    return this.#shared.encodePage(events);
  }

  placeHalf(position: number, eventId: string): string {
    return this.#shared.placeHalf(position, eventId);
  }

  release(): void {
    if (!this.#released) this.#shared.release();
    this.#released = true;
  }
}
