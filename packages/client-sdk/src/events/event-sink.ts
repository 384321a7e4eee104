import type { ReceivedEvent, SnapshotReason } from './received-event.ts';

/** What the sequencer hands on, in order; `index` grows with each. */
export type SequencedItem =
  | { readonly kind: 'event'; readonly event: ReceivedEvent; readonly index: number }
  | { readonly kind: 'snapshot'; readonly reason: SnapshotReason; readonly index: number };

/** Somebody who takes events at their own pace. */
export interface EventSink {
  wants(type: string): boolean;
  readonly wantsSnapshots: boolean;
  /** Until `release` is called the event counts as unprocessed. Calling it again does nothing. */
  push(item: SequencedItem, release: () => void): void;
}
