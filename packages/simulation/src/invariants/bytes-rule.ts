import type { Verdict } from '../truth/verdict.ts';
import type { WireRule } from './wire-watch.ts';

/** The largest frame of the contract of this simulation, in bytes. */
const LARGEST_FRAME = 3_000;

/** What the gateway hands to a socket that does not take it: the high-water mark, and what was under way when it was reached. */
export function bytesRule(options: {
  readonly verdict: Verdict;
  readonly highWaterBytes: number;
  readonly maxInFlight: number;
}): WireRule {
  const { verdict, highWaterBytes, maxInFlight } = options;
  const bound = highWaterBytes + (maxInFlight + 8) * LARGEST_FRAME;
  return {
    event({ party, link }, { cursor, type }) {
      if (cursor !== undefined && link.bufferedBytes > highWaterBytes) {
        verdict.fail(
          'bounded bytes',
          `${type} was sent to ${party.name} on #${link.id}, where ${link.bufferedBytes} bytes wait already`,
        );
      }
    },
    buffered({ party, link }, bytes) {
      if (bytes > bound) {
        verdict.fail(
          'bounded bytes',
          `${bytes} bytes are held for ${party.name} on #${link.id}; the bound is ${bound}`,
        );
      }
    },
  };
}
