import type { Awaitable } from './store.ts';

/**
 * Goes on with a value, at once where it is there. To await what is no promise costs more than all the rest of a small request,
 * and most stores and handlers answer at once.
 */
export function whenReady<Value, Next>(
  value: Awaitable<Value>,
  next: (value: Value) => Awaitable<Next>,
): Awaitable<Next> {
  return isPromise(value) ? value.then(next) : next(value);
}

export function isPromise<Value>(value: Awaitable<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
