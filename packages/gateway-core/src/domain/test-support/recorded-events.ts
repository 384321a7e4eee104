import { type EventScope, mustFit, type Tyrum, tyrum } from '@tyrum/contracts';
import type { EventHub, EventOptions, EventWriter } from '../../engine/events/event-writer.ts';
import type { NewEvent } from '../../ports/store.ts';

/** An event that was sent without being kept. */
export interface LiveEvent {
  readonly tenant: string;
  readonly type: string;
  readonly payload: Record<string, unknown>;
}

/**
 * Events as the engine writes them, as far as the domain can tell: checked against the contract, appended to the log, or
 * remembered in `live`.
 */
export function createRecordedEvents(
  nextId: () => string,
  now: () => number,
): EventHub<Tyrum> & { readonly live: LiveEvent[] } {
  const { current } = tyrum;
  const live: LiveEvent[] = [];

  function check(type: string, payload: unknown, kept: 'durable' | 'ephemeral'): Record<string, unknown> {
    const view = current.events.get(type);
    if (view?.definition.kept !== kept) throw new TypeError(`${type} is not ${kept}`);
    return mustFit(view.payload, payload, 'payload') as Record<string, unknown>;
  }

  function send(tenant: string, type: string, payload: unknown): void {
    live.push({ tenant, type, payload: check(type, payload, 'ephemeral') });
  }

  return {
    live,
    in(tx, tenant, afterCommit): EventWriter<Tyrum> {
      return {
        async append(type, payload, options: EventOptions = {}) {
          const event: NewEvent = {
            eventId: nextId(),
            type,
            occurredAt: now(),
            payload: JSON.stringify(check(type, payload, 'durable')),
            ...(options.scope === undefined ? {} : { scope: logScope(options.scope) }),
            ...(options.deviceId === undefined ? {} : { device: options.deviceId }),
          };
          await tx.log.append(tenant, event);
        },
        emit(type, payload) {
          check(type, payload, 'ephemeral');
          afterCommit(() => send(tenant, type, payload));
        },
      };
    },
    emit: (tenant, type, payload) => send(tenant, type, payload),
  };
}

function logScope(scope: EventScope): NonNullable<NewEvent['scope']> {
  const { kind, ...id } = scope;
  const [value] = Object.values(id);
  return value === undefined ? { kind } : { kind, id: value };
}
