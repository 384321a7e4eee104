import { fromBase64Url, type Random, randomText } from '@tyrum/contracts';
import type { Collection, Store } from '../ports/store.ts';

/** The tenant of what belongs to the gateway itself. */
const SYSTEM = '';
const PROBE: Collection<{ readonly at: number }> = { name: 'gateway_probe', indexes: {} };
const SECRET: Collection<{ readonly secret: string }> = { name: 'gateway_secret', indexes: {} };

/** What authenticates cursors: made once for a store, shared by all its gateway processes. */
export async function cursorSecret(store: Store, random: Random): Promise<Uint8Array> {
  const secret = await store.transact(async (tx) => {
    const kept = await tx.documents.get(SYSTEM, SECRET, 'cursor');
    if (kept !== undefined) return kept.value.secret;
    const made = randomText(random, 32);
    await tx.documents.put(SYSTEM, SECRET, 'cursor', { secret: made }, 0);
    return made;
  });
  const bytes = fromBase64Url(secret);
  if (bytes === undefined) throw new TypeError('the secret of the cursors in this store is damaged');
  return bytes;
}

/** Writes something that nobody reads. @throws {StoreUnavailableError} when the store does not commit */
export async function probeStore(store: Store, now: number): Promise<void> {
  await store.transact(async (tx) => void (await tx.documents.put(SYSTEM, PROBE, 'ready', { at: now })));
}
