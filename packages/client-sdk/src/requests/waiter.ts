import type { Clock, ProtocolError, Trace } from '@tyrum/contracts';
import { ClientError } from '../client-error.ts';
import { afterLong } from '../long-timer.ts';
import type { Reply } from './response.ts';

export interface RequestOptions {
  /** Gives up waiting. A request that was already sent may have its effect all the same. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the call, the wait for a connection and all retries included. */
  readonly timeoutMs?: number;
  /** Names the intention, so that the same one, asked again, happens once: within this process and after a restart. */
  readonly idempotencyKey?: string;
  /** W3C trace context, sent along. */
  readonly trace?: Trace;
}

/** One caller that waits for a request. */
export interface Waiter {
  readonly timeLimited: boolean;
  resolve(reply: Reply): void;
  reject(error: ProtocolError | ClientError): void;
}

/** A waiter with its promise; `leave` is called when the caller's patience ends first, and answers whether it had been sent. */
export function createWaiter(
  clock: Clock,
  what: string,
  { signal, timeoutMs }: RequestOptions,
  leave: (waiter: Waiter) => { readonly sent: boolean },
): { readonly waiter: Waiter; readonly promise: Promise<Reply> } {
  let release = () => {};
  let settle: { resolve(reply: Reply): void; reject(error: unknown): void } | undefined;
  const promise = new Promise<Reply>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const waiter: Waiter = {
    timeLimited: timeoutMs !== undefined,
    resolve(reply) {
      release();
      settle?.resolve(reply);
    },
    reject(error) {
      release();
      settle?.reject(error);
    },
  };
  const onAbort = () => {
    waiter.reject(new ClientError('aborted', `${what} was aborted`, { ...leave(waiter), cause: signal?.reason }));
  };
  const cancelTimer =
    timeoutMs === undefined
      ? () => {}
      : afterLong(clock, timeoutMs, () => {
          waiter.reject(new ClientError('timeout', `${what} took longer than ${timeoutMs} ms`, leave(waiter)));
        });
  signal?.addEventListener('abort', onAbort, { once: true });
  release = () => {
    cancelTimer();
    signal?.removeEventListener('abort', onAbort);
  };
  return { waiter, promise };
}
