import { type Role, SCOPES_OF_ROLE, type Scope } from '@tyrum/contracts';

/** The scopes that a role can have are few, and so are the sets of them. */
const sets = new Map<string, ReadonlySet<Scope>>();

/** What a role may use of these scopes. Equal ones are one and the same set, however many connections have it. */
export function scopesOf(role: Role, wanted: readonly Scope[]): ReadonlySet<Scope> {
  const scopes = SCOPES_OF_ROLE[role].filter((scope) => wanted.includes(scope));
  const name = scopes.join(' ');
  const known = sets.get(name);
  if (known !== undefined) return known;
  const made: ReadonlySet<Scope> = new Set(scopes);
  sets.set(name, made);
  return made;
}
