import type { EventScope, EventView } from '@tyrum/contracts';
import { SCOPE_ID_FIELD } from '@tyrum/contracts';
import type { LogScope } from '../../ports/store.ts';

/** What decides whether an event may be seen. */
export interface Viewer {
  readonly role: string;
  readonly scopes: ReadonlySet<string>;
  readonly deviceId: string;
  readonly extensions: ReadonlySet<string>;
}

/** Whether a viewer may see an event: its role, any one of the scopes, the extension agreed, and the one device if it has one. */
export function maySee(viewer: Viewer, view: EventView, device: string | undefined): boolean {
  if (device !== undefined && device !== viewer.deviceId) return false;
  return mayFollow(viewer, view);
}

/** Whether a viewer may see events of this kind at all, those aside that are addressed to another device. */
export function mayFollow(viewer: Viewer, view: EventView): boolean {
  const { roles, scopes } = view.definition.audience;
  if (view.extension !== undefined && !viewer.extensions.has(view.extension)) return false;
  if (!(roles as readonly string[]).includes(viewer.role)) return false;
  return scopes.length === 0 || scopes.some((scope) => viewer.scopes.has(scope));
}

/** The wire's scope as the log keeps it. */
export function toLogScope(scope: EventScope): LogScope {
  if (scope.kind === 'global') return { kind: 'global' };
  return { kind: scope.kind, id: (scope as unknown as Record<string, string>)[SCOPE_ID_FIELD[scope.kind]] as string };
}

/** The log's scope as the wire says it. */
export function fromLogScope(scope: LogScope): EventScope {
  if (scope.kind === 'global') return { kind: 'global' };
  return { kind: scope.kind, [SCOPE_ID_FIELD[scope.kind]]: scope.id } as unknown as EventScope;
}
