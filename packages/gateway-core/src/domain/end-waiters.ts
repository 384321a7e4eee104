import { ProtocolError } from '@tyrum/contracts';
import { createAbortListeners } from './abort-listeners.ts';

/** Waits for the end of things, whoever ends them. */
export interface EndWaiters<Value> {
  /**
   * Resolves with a thing once it has ended. What ended before the waiting began is told to nobody any more, so `now` looks
   * once, after it has begun.
   *
   * @throws {ProtocolError} `cancelled` when the signal aborts first
   */
  once(id: string, signal: AbortSignal, now: () => Promise<Value>): Promise<Value>;
}

export interface EndWaiterOptions<Value> {
  /** Calls back after any change of any thing. */
  readonly listen: (tell: (value: Value) => void) => void;
  readonly idOf: (value: Value) => string;
  readonly hasEnded: (value: Value) => boolean;
  /** Why a wait was given up. */
  readonly abandoned: string;
}

export function createEndWaiters<Value>(options: EndWaiterOptions<Value>): EndWaiters<Value> {
  const { listen, idOf, hasEnded, abandoned } = options;
  /** Bounded by what the code of this process waits for. */
  const waiting = new Map<string, Set<(value: Value) => void>>();
  const aborts = createAbortListeners();

  listen((value) => {
    if (hasEnded(value)) for (const tell of [...(waiting.get(idOf(value)) ?? [])]) tell(value);
  });

  return {
    once(id, signal, now) {
      return new Promise<Value>((resolve, reject) => {
        const gaveUp = () => new ProtocolError('cancelled', abandoned);
        if (signal.aborted) return reject(gaveUp());
        const tellers = waiting.get(id) ?? new Set<(value: Value) => void>();
        const over = () => {
          unlisten();
          tellers.delete(tell);
          if (tellers.size === 0 && waiting.get(id) === tellers) waiting.delete(id);
        };
        const tell = (value: Value) => {
          over();
          resolve(value);
        };
        const fail = (error: Error) => {
          over();
          reject(error);
        };
        const unlisten = aborts.add(signal, () => fail(gaveUp()));
        waiting.set(id, tellers.add(tell));
        now().then((value) => {
          if (hasEnded(value)) tell(value);
        }, fail);
      });
    },
  };
}
