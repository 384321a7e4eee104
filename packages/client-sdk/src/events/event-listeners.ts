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
  /** Resolves when every handler has returned; the sinks hold on for as long as they need. */
  deliver(event: ReceivedEvent, index: number, hold: Hold): Promise<void>;
  deliverSnapshot(reason: SnapshotReason, index: number, hold: Hold): Promise<void>;
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

  async function attempt(callback: () => unknown, where: string): Promise<void> {
    try {
      await callback();
    } catch (error) {
      onError(error, where);
    }
  }

  return {
    // Wrapped, so that a function registered twice is called twice and each registration is undone alone.
    on: (type, handler) => addTo(handlersOf(type), (event) => handler(event)),
    onSnapshot: (handler) => addTo(snapshotHandlers, (reason) => handler(reason)),
    addSink: (sink) => addTo(sinks, sink),
    wants: (type) => (handlers.get(type)?.size ?? 0) > 0 || [...sinks].some((sink) => sink.wants(type)),
    async deliver(event, index, hold) {
      const takers = [...sinks].filter((sink) => sink.wants(event.type));
      const listeners = [...(handlers.get(event.type) ?? [])];
      push(takers, { kind: 'event', event, index }, hold);
      for (const listener of listeners) await attempt(() => listener(event), `event ${event.type}`);
    },
    async deliverSnapshot(reason, index, hold) {
      const takers = [...sinks].filter((sink) => sink.wantsSnapshots);
      const used = sinks.size > 0 || [...handlers.values()].some((listeners) => listeners.size > 0);
      if (takers.length === 0 && snapshotHandlers.size === 0 && used) {
        const message = `events were missed (${reason}); handle onSnapshotRequired, or use follow`;
        onError(new ClientError('snapshot_unhandled', message, { details: { reason } }), 'events');
      }
      push(takers, { kind: 'snapshot', reason, index }, hold);
      for (const handler of [...snapshotHandlers]) await attempt(() => handler(reason), 'onSnapshotRequired');
    },
  };
}

function addTo<Value>(set: Set<Value>, value: Value): () => void {
  set.add(value);
  return () => void set.delete(value);
}
