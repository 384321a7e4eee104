import type { Token } from '../client-options.ts';
import type { StoredValue } from '../storage/stored-value.ts';

/** Where the token of the next connection comes from. */
export interface TokenSource {
  next(): Promise<string>;
  /** The gateway gave this device a token of its own: it comes before the configured one. */
  replace(token: string): Promise<void>;
  /** The gateway refused the token of the last `next`. Answers whether another one is there to try. */
  refused(): Promise<boolean>;
  /** A connection opened: from here on a refusal is a new one. */
  accepted(): void;
}

export function createTokenSource(token: Token, own: StoredValue): TokenSource {
  let last: string | undefined;
  let lastWasOwn = false;
  /** What `refused` was given ahead of the next connection. */
  let fresh: string | undefined;
  let askedAgain = false;

  return {
    async next() {
      const stored = fresh === undefined ? await own.load() : undefined;
      lastWasOwn = stored !== undefined;
      last = stored ?? fresh ?? (typeof token === 'string' ? token : await token({ refused: false }));
      fresh = undefined;
      return last;
    },
    replace: (given) => own.save(given),
    async refused() {
      if (lastWasOwn) {
        // The pairing was revoked, or another store remembers a newer token: the configured one may pair anew.
        await own.save(undefined);
        return true;
      }
      // The connection was older than the token that this device was given since.
      if ((await own.load()) !== undefined) return true;
      // Asked once for each time that a token was accepted, or a broken source would be asked for ever.
      if (typeof token === 'string' || askedAgain) return false;
      askedAgain = true;
      const other = await token({ refused: true });
      if (other === last) return false;
      fresh = other;
      return true;
    },
    accepted() {
      askedAgain = false;
    },
  };
}
