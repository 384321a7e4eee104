import { type Contract, type EventScope, type EventView, randomUuid, type Random } from '@tyrum/contracts';
import type { NewEvent, Transaction } from '../ports/store.ts';
import { toLogScope } from './audience.ts';
import type { EventHub, EventOptions, EventWriter } from './event-writer.ts';

/** Sends an event that is not in the log to whoever of a tenant is connected and may see it. */
export type LiveSend = (tenant: string, event: NewEvent) => void;

/** Where events are written: checked against the contract, given their identity, appended or sent. */
export function createEventHub<C extends Contract>(options: {
  contract: C;
  random: Random;
  now: () => number;
  sendLive: LiveSend;
}): EventHub<C> {
  const { contract, random, now, sendLive } = options;
  const current = contract.at(contract.served.at(-1) as number);
  type AnyWriter = EventWriter<Contract>;

  function make(type: string, payload: unknown, eventOptions: EventOptions, kept: (view: EventView) => boolean): NewEvent {
    const view = current.events.get(type);
    if (view === undefined) throw new TypeError(`the contract has no event ${type} at revision ${current.revision}`);
    if (!kept(view)) throw new TypeError(`${type} is kept as ${view.definition.kept}; it cannot be written this way`);
    const { scope } = eventOptions;
    const device = eventOptions.deviceId ?? deviceOf(scope);
    return {
      eventId: randomUuid(random),
      type,
      occurredAt: now(),
      payload: JSON.stringify(view.payload.parse(payload)),
      ...(scope === undefined ? {} : { scope: toLogScope(scope) }),
      ...(device === undefined ? {} : { device }),
    };
  }

  const durable = (view: EventView) => view.definition.kept === 'durable';
  const live = (view: EventView) => view.definition.kept === 'ephemeral';

  return {
    in(tx: Transaction, tenant: string, afterCommit): EventWriter<C> {
      const writer: AnyWriter = {
        async append(type, payload, eventOptions = {}) {
          await tx.log.append(tenant, make(type as string, payload, eventOptions, durable));
        },
        emit(type, payload, eventOptions = {}) {
          const event = make(type as string, payload, eventOptions, live);
          afterCommit(() => sendLive(tenant, event));
        },
      };
      return writer as EventWriter<C>;
    },
    emit(tenant, type, payload, eventOptions = {}) {
      sendLive(tenant, make(type as string, payload, eventOptions, live));
    },
  };
}

/** A node's events go to that node alone; a client's are addressed by whoever knows its device. */
function deviceOf(scope: EventScope | undefined): string | undefined {
  return scope?.kind === 'node' ? scope.node_id : undefined;
}
