import type { Clock } from '@tyrum/contracts';

/** The longest that `setTimeout` waits; more, and it would not wait at all. */
const LONGEST_MS = 2_147_483_647;

/** Like `clock.after`, for as long as it takes. */
export function afterLong(clock: Clock, ms: number, callback: () => void): () => void {
  if (ms <= LONGEST_MS) return clock.after(ms, callback);
  let cancel = clock.after(LONGEST_MS, () => {
    cancel = afterLong(clock, ms - LONGEST_MS, callback);
  });
  return () => cancel();
}
