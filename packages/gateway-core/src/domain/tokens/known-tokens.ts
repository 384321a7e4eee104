import { whenReady } from '../../ports/awaitable.ts';
import type { Awaitable } from '../../ports/store.ts';
import type { TokenChanges } from './token-changes.ts';
import type { TokenRecord } from './token-records.ts';

/** Tokens that were looked up lately: who comes again is judged without asking the store. */
export interface KnownTokens {
  /** The token of a hash, known or looked up. */
  find(hash: string, lookUp: () => Awaitable<TokenRecord | undefined>): Awaitable<TokenRecord | undefined>;
}

/** Tokens that are known at a time; each takes up less than a kilobyte. */
const MOST_KNOWN = 10_000;

/** A token is known until it changes, and nothing is when changes might have been missed. */
export function createKnownTokens(tokenChanges: Pick<TokenChanges, 'onChange' | 'upToDate'>): KnownTokens {
  const known = new Map<string, TokenRecord>();
  const hashes = new Map<string, string>();
  let changes = 0;

  tokenChanges.onChange((tokenId) => {
    changes += 1;
    forget(tokenId);
  });

  function forget(tokenId: string): void {
    known.delete(hashes.get(tokenId) ?? '');
    hashes.delete(tokenId);
  }

  function keep(record: TokenRecord): void {
    known.set(record.hash, record);
    hashes.set(record.token_id, record.hash);
    const [oldest] = hashes.keys();
    if (hashes.size > MOST_KNOWN && oldest !== undefined) forget(oldest);
  }

  return {
    find(hash, lookUp) {
      if (!tokenChanges.upToDate()) return lookUp();
      const record = known.get(hash);
      if (record !== undefined) return record;
      const before = changes;
      return whenReady(lookUp(), (found) => {
        // What was told of a change meanwhile may be newer than what was found.
        if (found !== undefined && changes === before) keep(found);
        return found;
      });
    },
  };
}
