import type { EventScope } from '@tyrum/contracts';
import type { LogScope } from '../../ports/store.ts';
import { toLogScope } from '../rights/audience.ts';

/** What a peer wants to be sent, out of what it may see. */
export interface Subscription {
  wants(type: string, scope: LogScope | undefined): boolean;
}

/** Everything that it may see. */
export const everything: Subscription = { wants: () => true };

/** Narrows to some types, some scopes, or both; an absent list does not narrow. */
export function narrowTo(
  types: readonly string[] | undefined,
  scopes: readonly EventScope[] | undefined,
): Subscription {
  const typeSet = types === undefined ? undefined : new Set(types);
  const scopeSet = scopes === undefined ? undefined : new Set(scopes.map((scope) => scopeKey(toLogScope(scope))));
  return {
    wants: (type, scope) =>
      (typeSet === undefined || typeSet.has(type)) &&
      (scopeSet === undefined || scopeSet.has(scopeKey(scope ?? { kind: 'global' }))),
  };
}

function scopeKey(scope: LogScope): string {
  return `${scope.kind} ${scope.id ?? ''}`;
}
