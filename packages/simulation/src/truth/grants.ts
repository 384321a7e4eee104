import type { Scope } from '@tyrum/contracts';

/** What the tokens of a world allow, as whoever issued and changed them knows it. */
export interface Grants {
  issued(token: string, scopes: readonly Scope[]): void;
  /** A change is under way: from now on nobody knows which side of it holds. */
  changing(token: string): void;
  /** A change was committed. */
  narrowed(token: string, scopes: readonly Scope[]): void;
  revoked(token: string): void;
  /** What a token allows now; for one that was never issued here, nothing. */
  scopesOf(token: string): ReadonlySet<Scope>;
  /** When it last changed, in virtual milliseconds; `-Infinity` for never, `Infinity` while it changes. */
  changedAt(token: string): number;
  /** What the tokens allow now, for a backup; `undefined` while one changes, since nobody knows on which side the backup is. */
  mark(): GrantMarks | undefined;
  /** The gateway knows the tokens again as it did then. */
  restored(marks: GrantMarks): void;
}

interface Grant {
  readonly scopes: ReadonlySet<Scope>;
  readonly changedAt: number;
}

export type GrantMarks = ReadonlyMap<string, Grant>;

export function createGrants(now: () => number): Grants {
  const grants = new Map<string, Grant>();
  const isChanging = (grant: Grant) => grant.changedAt === Number.POSITIVE_INFINITY;

  return {
    issued: (token, scopes) => void grants.set(token, { scopes: new Set(scopes), changedAt: Number.NEGATIVE_INFINITY }),
    changing(token) {
      const grant = grants.get(token);
      if (grant !== undefined) grants.set(token, { ...grant, changedAt: Number.POSITIVE_INFINITY });
    },
    narrowed: (token, scopes) => void grants.set(token, { scopes: new Set(scopes), changedAt: now() }),
    revoked: (token) => void grants.set(token, { scopes: new Set(), changedAt: now() }),
    scopesOf: (token) => grants.get(token)?.scopes ?? new Set(),
    changedAt: (token) => grants.get(token)?.changedAt ?? Number.NEGATIVE_INFINITY,
    mark: () => ([...grants.values()].some(isChanging) ? undefined : new Map(grants)),
    restored(marks) {
      const changing = new Set([...grants].flatMap(([token, grant]) => (isChanging(grant) ? [token] : [])));
      grants.clear();
      for (const [token, grant] of marks) {
        // A change that has not come to its end yet is made on what was restored.
        grants.set(token, changing.has(token) ? { ...grant, changedAt: Number.POSITIVE_INFINITY } : grant);
      }
    },
  };
}
