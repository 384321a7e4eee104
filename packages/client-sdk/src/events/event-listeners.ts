import { ClientError } from '../client-error.ts';
import type { EventSink, SequencedItem } from './event-sink.ts';
import type { ReceivedEvent, SnapshotReason } from './received-event.ts';

export type EventHandler = (event: ReceivedEvent) => unknown;
export type SnapshotHandler = (reason: SnapshotReason) => unknown;

/** Keeps an item unprocessed until the function that it answers is called. */
export type Hold = () => () => void;

/** Everyone in the application who takes events. */
export interface EventListeners {
  on(type: string, handler: EventHandler): () => void;
  onSnapshot(handler: SnapshotHandler): () => void;
  addSink(sink: EventSink): () => void;
  wants(type: string): boolean;
  /** Calls every handler, and answers a promise where one takes its time; the sinks hold on for as long as they need. */
  deliver(event: ReceivedEvent, index: number, hold: Hold): Promise<void> | undefined;
  deliverSnapshot(reason: SnapshotReason, index: number, hold: Hold): Promise<void> | undefined;
}

export function createEventListeners(onError: (error: unknown, where: string) => void): EventListeners {
  const handlers = new Map<string, Set<EventHandler>>();
  const snapshotHandlers = new Set<SnapshotHandler>();
  const sinks = new Set<EventSink>();

  function handlersOf(type: string): Set<EventHandler> {
    const known = handlers.get(type) ?? new Set();
    handlers.set(type, known);
    return known;
  }

  function push(takers: readonly EventSink[], item: SequencedItem, hold: Hold): void {
    for (const sink of takers) sink.push(item, hold());
  }

  /** Calls them one after the other, each when the one before it has done, and waits for nothing that is no promise. */
  function inTurn<Told>(
    callbacks: readonly ((told: Told) => unknown)[],
    told: Told,
    where: string,
  ): Promise<void> | undefined {
    for (const [at, callback] of callbacks.entries()) {
      const pending = attempt(callback, told, where);
      if (pending !== undefined) return pending.then(() => inTurn(callbacks.slice(at + 1), told, where));
    }
    return undefined;
  }

  function attempt<Told>(callback: (told: Told) => unknown, told: Told, where: string): Promise<void> | undefined {
    try {
      const answer = callback(told);
      if (!isPromise(answer)) return undefined;
      return Promise.resolve(answer).then(
        () => {},
        (error: unknown) => onError(error, where),
      );
    } catch (error) {
      onError(error, where);
      return undefined;
    }
  }

  return {
    // Wrapped, so that a function registered twice is called twice and each registration is undone alone.
    on: (type, handler) => addTo(handlersOf(type), (event) => handler(event)),
    onSnapshot: (handler) => addTo(snapshotHandlers, (reason) => handler(reason)),
    addSink: (sink) => addTo(sinks, sink),
    wants: (type) => (handlers.get(type)?.size ?? 0) > 0 || [...sinks].some((sink) => sink.wants(type)),
    deliver(event, index, hold) {
      const takers = [...sinks].filter((sink) => sink.wants(event.type));
      const listeners = [...(handlers.get(event.type) ?? [])];
      push(takers, { kind: 'event', event, index }, hold);
      return inTurn(listeners, event, `event ${event.type}`);
    },
    deliverSnapshot(reason, index, hold) {
      const takers = [...sinks].filter((sink) => sink.wantsSnapshots);
      const used = sinks.size > 0 || [...handlers.values()].some((listeners) => listeners.size > 0);
      if (takers.length === 0 && snapshotHandlers.size === 0 && used) {
        const message = `events were missed (${reason}); handle onSnapshotRequired, or use follow`;
        onError(new ClientError('snapshot_unhandled', message, { details: { reason } }), 'events');
      }
      push(takers, { kind: 'snapshot', reason, index }, hold);
      return inTurn([...snapshotHandlers], reason, 'onSnapshotRequired');
    },
  };
}

/** Also one of another library: what can be awaited. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function addTo<Value>(set: Set<Value>, value: Value): () => void {
  set.add(value);
  return () => void set.delete(value);
}
