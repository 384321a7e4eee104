import {
  type Contract,
  type EventScope,
  type EventView,
  exceedsUtf8,
  mustFit,
  type Random,
  randomUuid,
} from '@tyrum/contracts';
import type { NewEvent, Transaction } from '../../ports/store.ts';
import { contractError } from '../rights/admission.ts';
import { toLogScope } from '../rights/audience.ts';
import type { EventHub, EventOptions, EventWriter } from './event-writer.ts';

/** Sends an event that is not in the log to whoever of a tenant is connected and may see it. */
export type LiveSend = (tenant: string, event: NewEvent) => void;

/** What an event's frame holds besides its payload and its scope, at the most: id, type, time, two cursors and their keys. */
const ENVELOPE_BYTES = 768;

/** Where events are written: checked against the contract, given their identity, appended or sent. */
export function createEventHub<C extends Contract>(options: {
  contract: C;
  random: Random;
  now: () => number;
  /** No peer takes a larger frame. */
  maxFrameBytes: number;
  sendLive: LiveSend;
}): EventHub<C> {
  const { contract, random, now, maxFrameBytes, sendLive } = options;
  const { current } = contract;
  type AnyWriter = EventWriter<Contract>;

  function make(
    type: string,
    payload: unknown,
    eventOptions: EventOptions,
    kept: EventView['definition']['kept'],
  ): NewEvent {
    const view = current.events.get(type);
    if (view === undefined) throw new TypeError(`the contract has no event ${type} at revision ${current.revision}`);
    if (view.definition.kept !== kept)
      throw new TypeError(`${type} is kept as ${view.definition.kept}; it cannot be written this way`);
    const { scope } = eventOptions;
    const device = addressee(type, eventOptions);
    const text = JSON.stringify(mustFit(view.payload, payload, 'payload'));
    const scopeText = scope === undefined ? '' : JSON.stringify(scope);
    if (exceedsUtf8(text + scopeText, maxFrameBytes - ENVELOPE_BYTES)) {
      throw contractError(type, [{ path: ['payload'], message: `makes an event larger than ${maxFrameBytes} bytes` }]);
    }
    return {
      eventId: randomUuid(random),
      type,
      occurredAt: now(),
      payload: text,
      ...(scope === undefined ? {} : { scope: toLogScope(scope) }),
      ...(device === undefined ? {} : { device }),
    };
  }

  return {
    in(tx: Transaction, tenant: string, afterCommit): EventWriter<C> {
      const writer: AnyWriter = {
        async append(type, payload, eventOptions = {}) {
          await tx.log.append(tenant, make(type as string, payload, eventOptions, 'durable'));
        },
        emit(type, payload, eventOptions = {}) {
          const event = make(type as string, payload, eventOptions, 'ephemeral');
          afterCommit(() => sendLive(tenant, event));
        },
      };
      return writer as EventWriter<C>;
    },
    emit(tenant, type, payload, eventOptions = {}) {
      sendLive(tenant, make(type as string, payload, eventOptions, 'ephemeral'));
    },
  };
}

/** The one device that an event goes to, if it goes to one: a scope of a node or a client never goes to everyone. */
function addressee(type: string, { scope, deviceId }: EventOptions): string | undefined {
  if (scope === undefined) return deviceId;
  const owner = ownerOf(scope);
  if (scope.kind === 'client' && deviceId === undefined) {
    throw new TypeError(`${type} has the scope of a client; name the device of that connection in deviceId`);
  }
  if (owner !== undefined && deviceId !== undefined && deviceId !== owner) {
    throw new TypeError(`${type} has the scope of the node ${owner} and cannot go to ${deviceId}`);
  }
  return deviceId ?? owner;
}

function ownerOf(scope: EventScope): string | undefined {
  return scope.kind === 'node' ? scope.node_id : undefined;
}
