import type { EventSink, SequencedItem } from './event-sink.ts';

/**
 * Events between the sequencer and one consumer that pulls. An event is released, and with that acknowledged, when the consumer
 * comes back for the next one: it has then done with it. The sequencer's window bounds how many are here.
 */
export interface EventBuffer extends EventSink {
  /** `undefined` at the end. @throws what it was ended with */
  next(): Promise<SequencedItem | undefined>;
  /** What came up to an index needs no consumer any more: it is released, and the item that is being worked on too. */
  releaseUpTo(index: number): void;
  /** The consumer leaves: what is buffered is released without being delivered. */
  end(): void;
  /** The client ended: what the consumer has not taken stays unprocessed, and what it has until it comes back. */
  cut(error: Error | undefined): void;
}

interface Buffered {
  readonly item: SequencedItem;
  readonly release: () => void;
}

export function createEventBuffer(types: ReadonlySet<string> | undefined, wantsSnapshots: boolean): EventBuffer {
  const buffered: Buffered[] = [];
  const waiting: { resolve(item: SequencedItem | undefined): void; reject(error: Error): void }[] = [];
  let taken: Buffered | undefined;
  let ended: { error: Error | undefined } | undefined;

  function take(next: Buffered): SequencedItem {
    taken = next;
    return next.item;
  }

  function finish(error: Error | undefined): void {
    if (ended !== undefined) return;
    ended = { error: waiting.length === 0 ? error : undefined };
    for (const consumer of waiting.splice(0)) {
      if (error === undefined) consumer.resolve(undefined);
      else consumer.reject(error);
    }
  }

  return {
    wants: (type) => types === undefined || types.has(type),
    wantsSnapshots,
    push(item, release) {
      if (ended !== undefined) return release();
      const next = { item, release };
      const consumer = waiting.shift();
      if (consumer === undefined) buffered.push(next);
      else consumer.resolve(take(next));
    },
    async next() {
      const done = taken;
      taken = undefined;
      done?.release();
      const next = buffered.shift();
      if (next !== undefined) return take(next);
      if (ended !== undefined) {
        const { error } = ended;
        ended = { error: undefined };
        if (error !== undefined) throw error;
        return undefined;
      }
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    releaseUpTo(index) {
      if (taken !== undefined && taken.item.index <= index) taken.release();
      const kept = buffered.findIndex(({ item }) => item.index > index);
      for (const { release } of buffered.splice(0, kept < 0 ? buffered.length : kept)) release();
    },
    end() {
      taken?.release();
      finish(undefined);
      for (const { release } of buffered.splice(0)) release();
    },
    cut(error) {
      finish(error);
      buffered.length = 0;
    },
  };
}
