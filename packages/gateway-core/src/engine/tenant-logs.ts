import type { Contract } from '@tyrum/contracts';
import type { Store } from '../ports/store.ts';
import type { CursorCodec } from './cursor.ts';
import { type EncodedEvent, encodeEvent } from './encoded-event.ts';
import { createHotTail, type HotTail } from './hot-tail.ts';
import type { StoredEvent } from '../ports/store.ts';

/** The log of one tenant as its connections read it. */
export interface TenantLog {
  readonly tail: HotTail;
  encode(event: StoredEvent): EncodedEvent;
  /** The place half of a cursor of this log. */
  placeHalf(position: number, eventId: string): string;
  /** This user of the log is done with it; the last one lets it go. */
  release(): void;
}

/** The logs of the tenants that have connections. */
export interface TenantLogs {
  open(tenant: string): Promise<TenantLog>;
  stop(): void;
}

interface Entry {
  users: number;
  tail: HotTail | undefined;
  /** What was committed while the log was being opened. */
  early: StoredEvent[];
  opened: Promise<HotTail>;
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

  async function openTail(tenant: string, entry: Entry): Promise<HotTail> {
    const { epoch, head } = await store.transact((tx) => tx.log.state(tenant, newEpoch));
    const tail = createHotTail(epoch, head, (event) => encodeEvent(contract, codec, tenant, epoch, event));
    tail.append(entry.early.splice(0));
    entry.tail = tail;
    return tail;
  }

  function release(tenant: string, entry: Entry): void {
    entry.users -= 1;
    if (entry.users === 0 && entries.get(tenant) === entry) entries.delete(tenant);
  }

  return {
    async open(tenant) {
      let entry = entries.get(tenant);
      if (entry === undefined) {
        entry = { users: 0, tail: undefined, early: [], opened: Promise.resolve() as never };
        entries.set(tenant, entry);
        entry.opened = openTail(tenant, entry);
      }
      const mine = entry;
      mine.users += 1;
      let tail: HotTail;
      try {
        tail = await mine.opened;
      } catch (error) {
        release(tenant, mine);
        throw error;
      }
      let lastPlace = { position: -1, half: '' };
      let released = false;
      return {
        tail,
        encode: (event) => encodeEvent(contract, codec, tenant, tail.epoch, event),
        placeHalf(position, eventId) {
          if (lastPlace.position !== position) {
            lastPlace = { position, half: codec.placeHalf({ tenant, epoch: tail.epoch, position, eventId }) };
          }
          return lastPlace.half;
        },
        release() {
          if (!released) release(tenant, mine);
          released = true;
        },
      };
    },
    stop: unlisten,
  };
}
