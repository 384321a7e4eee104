import type { Clock } from '@tyrum/contracts';
import { ProtocolError } from '@tyrum/contracts/spoken';

/** Keeps the place up to which events are processed, in the storage first and then with the gateway. */
export interface Acknowledger {
  /**
   * Everything up to here is processed; `undefined` voids the place.
   *
   * @param tellGateway whether the cursor was sent on the present connection, the only kind that it takes
   */
  processed(cursor: string | undefined, tellGateway: boolean): void;
  /** `send` tells the gateway and resolves once it knows; `window` is how many events it lets stand untold. */
  opened(send: (cursor: string) => Promise<void>, window: number): void;
  lost(): void;
  /** Resolves once the storage has the place and the gateway was told of it, without waiting for its answer. */
  flush(): Promise<void>;
}

export interface AcknowledgerOptions {
  readonly clock: Clock;
  readonly ackEvery: number;
  readonly ackAfterMs: number;
  readonly store: (cursor: string | undefined) => Promise<void>;
  readonly onError: (error: unknown, where: string) => void;
}

export function createAcknowledger(options: AcknowledgerOptions): Acknowledger {
  const { clock, ackAfterMs, store, onError } = options;
  /** What is processed and not stored yet. */
  let unstored: { readonly cursor: string | undefined } | undefined;
  /** What the gateway is not told yet. */
  let untold: string | undefined;
  let count = 0;
  let every = options.ackEvery;
  let send: ((cursor: string) => Promise<void>) | undefined;
  let cancelTimer: (() => void) | undefined;
  let busy = false;
  let telling = false;
  let storing: Promise<unknown> = Promise.resolve();

  function schedule(): void {
    if (count >= every) work();
    else cancelTimer ??= clock.after(ackAfterMs, work);
  }

  function work(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    // One write at a time, and one acknowledgement; what comes meanwhile goes out together afterwards.
    if (busy) return;
    busy = true;
    void once().finally(() => {
      busy = false;
      if (unstored !== undefined || (untold !== undefined && !telling)) schedule();
    });
  }

  async function once(): Promise<void> {
    const cursor = untold;
    const tell = send;
    if (!telling) count = 0;
    const stored = await storePlace();
    // A gateway that is slow to answer must not keep the place from the storage: its answer is not waited for here.
    if (stored && !telling && cursor !== undefined && tell !== undefined && tell === send)
      void tellGateway(cursor, tell);
  }

  async function tellGateway(cursor: string, tell: (cursor: string) => Promise<void>): Promise<void> {
    telling = true;
    if (untold === cursor) untold = undefined;
    try {
      await tell(cursor);
    } catch (error) {
      // A lost connection takes its acknowledgements with it; the events after it bring new ones.
      if (tell !== send) return;
      // Told again, later: what the gateway was not told counts as in flight, and a full window would stay full for ever.
      if (ProtocolError.is(error) && error.retryable) untold ??= cursor;
      onError(error, 'acknowledging events');
    } finally {
      telling = false;
      if (untold !== undefined) schedule();
    }
  }

  /** Answers whether the storage has all that it should have. */
  function storePlace(): Promise<boolean> {
    const place = unstored;
    if (place === undefined) return Promise.resolve(true);
    unstored = undefined;
    const stored = store(place.cursor).then(
      () => true,
      (error: unknown) => {
        // Not told to the gateway either: it would forget what the storage has not got.
        unstored ??= place;
        onError(error, 'storing the place in the events');
        return false;
      },
    );
    storing = stored;
    return stored;
  }

  return {
    processed(cursor, tellGateway) {
      unstored = { cursor };
      if (tellGateway && send !== undefined) {
        untold = cursor;
        count += 1;
      }
      schedule();
    },
    opened(sender, window) {
      send = sender;
      every = Math.max(1, Math.min(options.ackEvery, Math.floor(window / 2)));
    },
    lost() {
      send = undefined;
      untold = undefined;
    },
    async flush() {
      await storing;
      if ((await storePlace()) && untold !== undefined) {
        const telling = untold;
        untold = undefined;
        // The client ends here: there is nobody left to hear the answer.
        send?.(telling).catch(() => {});
      }
      cancelTimer?.();
      cancelTimer = undefined;
    },
  };
}
