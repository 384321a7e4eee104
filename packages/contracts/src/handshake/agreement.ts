/** What a peer offers of revisions, in either form of `connect.init`. */
export interface Offer {
  readonly protocol_rev: number;
  readonly protocol_revs?: readonly number[] | undefined;
  readonly contract_hash?: string | undefined;
  readonly extensions?: readonly { readonly id: string; readonly hash: string }[] | undefined;
}

/** What a gateway serves. */
export interface Served {
  /** Ascending. */
  readonly revisions: readonly number[];
  readonly hashes: Readonly<Record<number, string>>;
  readonly extensions: readonly { readonly id: string; readonly hashes: Readonly<Record<number, string>> }[];
}

export type Agreement =
  | { readonly outcome: 'agreed'; readonly revision: number; readonly extensions: readonly string[] }
  | {
      readonly outcome: 'revision_unsupported';
      readonly details: {
        readonly offered: readonly number[];
        readonly supported: readonly number[];
        readonly upgrade: 'client' | 'gateway';
      };
    }
  | {
      readonly outcome: 'contract_mismatch';
      readonly details: { readonly revision: number; readonly expected: string; readonly received: string };
    };

/** The one revision that a peer can mean which sends `protocol_rev` alone. */
const BARE_REVISION = 2;

/**
 * Agrees on the highest common revision, or says why not: no guess and no nearest match. Without `protocol_revs` only
 * revision 2 can be meant. The hash counts when the agreed revision is the one that the peer hoped for, its highest, and
 * a missing one is a wrong one; an extension counts when its id and hash are equal.
 */
export function agree(offer: Offer, served: Served): Agreement {
  const offered = offer.protocol_revs ?? [offer.protocol_rev];
  const bare = offer.protocol_revs === undefined;
  const accepted = bare ? offered.filter((revision) => revision === BARE_REVISION) : offered;
  const revision = served.revisions.findLast((candidate) => accepted.includes(candidate));
  if (revision === undefined) {
    const upgrade = Math.max(...offered) < Math.max(...served.revisions) ? 'client' : 'gateway';
    return { outcome: 'revision_unsupported', details: { offered, supported: served.revisions, upgrade } };
  }
  const expected = served.hashes[revision];
  const received = offer.contract_hash;
  if (!bare && revision === offer.protocol_rev && (received === undefined || received !== expected)) {
    return { outcome: 'contract_mismatch', details: { revision, expected: expected ?? '', received: received ?? '' } };
  }
  const extensions = served.extensions
    .filter(({ id, hashes }) => offer.extensions?.some((other) => other.id === id && other.hash === hashes[revision]))
    .map(({ id }) => id);
  return { outcome: 'agreed', revision, extensions };
}
