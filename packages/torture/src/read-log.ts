import type { StoredEvent } from '@tyrum/gateway-core';
import { createSqliteStore } from '@tyrum/store-sqlite';

/** The tenant of the admin token. */
const TENANT = 'default';
const PAGE = 1000;

/** Reads the log of a gateway that does not run, from a position on. */
export async function readLog(path: string, after: number): Promise<readonly StoredEvent[]> {
  const store = await createSqliteStore({ path });
  try {
    const events: StoredEvent[] = [];
    for (;;) {
      const page = await store.log.read(TENANT, events.at(-1)?.position ?? after, PAGE);
      if (page.length === 0) return events;
      events.push(...page);
    }
  } finally {
    await store.close();
  }
}
