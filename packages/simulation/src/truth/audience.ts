import { type Role, type Scope, tyrum } from '@tyrum/contracts';
import type { StoredEvent } from '@tyrum/gateway-core';

/** Who is at the other end of a connection, as far as events go. */
export interface Viewer {
  readonly role: Role;
  /** While its token changes: what it allowed before. */
  readonly scopes: ReadonlySet<Scope>;
  /** Whether these are its scopes, and not those of before a change that was under way when it was accepted. */
  readonly sure: boolean;
  readonly deviceId: string;
  /** Whether the extension of the contract was agreed. */
  readonly extended: boolean;
  readonly revision: number;
}

interface Audience {
  readonly roles: readonly Role[];
  /** Any one of them; empty: the role is enough. */
  readonly scopes: readonly Scope[];
  readonly extension?: true;
  /** The one device that may see it, where the payload or the scope names one. */
  readonly device?: (event: Seen) => string | undefined;
}

/** What is judged of an event. */
export type Seen = Pick<StoredEvent, 'type' | 'scope' | 'payload'>;

const byScope = ({ scope }: Seen) => (scope?.kind === 'node' ? scope.id : undefined);
const byPayload = ({ payload }: Seen) => (JSON.parse(payload) as { device: string }).device;

/**
 * Who may see the events of this simulation, written by hand: the contract says the same, and a mistake in how that is applied
 * must not be repeated here.
 */
const BY_HAND: Readonly<Record<string, Audience>> = {
  'counter.changed': { roles: ['client'], scopes: ['operator.read'] },
  'counter.hinted': { roles: ['client'], scopes: ['operator.read'] },
  'counter.audited': { roles: ['client'], scopes: ['operator.admin'] },
  'counter.whispered': { roles: ['client'], scopes: ['operator.read'], device: byPayload },
  'extra.changed': { roles: ['client'], scopes: ['operator.read'], extension: true },
  'machine.noted': { roles: ['node'], scopes: [], device: byScope },
};

const audiences: ReadonlyMap<string, Audience> = new Map([
  ...tyrum.definitions.flatMap((definition): readonly [string, Audience][] =>
    definition.kind === 'event' ? [[definition.type, { ...definition.audience, device: byScope }]] : [],
  ),
  ...Object.entries(BY_HAND),
]);

/** Whether a viewer may see an event. */
export function maySee(viewer: Viewer, event: Seen): boolean {
  const audience = audiences.get(event.type);
  if (audience === undefined || !audience.roles.includes(viewer.role)) return false;
  if (audience.extension === true && !viewer.extended) return false;
  if (audience.scopes.length > 0 && !audience.scopes.some((scope) => viewer.scopes.has(scope))) return false;
  const device = audience.device?.(event);
  return device === undefined || device === viewer.deviceId;
}

/**
 * Whether an event reaches a revision under its own name. At revision 2 only those of this simulation are looked at: casts
 * make others of the rest.
 */
export function existsAt(type: string, revision: number): boolean {
  return revision >= 3 || /^(counter|machine|extra)\./.test(type);
}
