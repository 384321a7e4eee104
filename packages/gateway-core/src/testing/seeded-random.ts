import type { Random } from '@tyrum/contracts';

/** Bytes that look random and are the same for the same seed (mulberry32). For tests only: anyone can predict them. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  function nextByte(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) & 0xff;
  }
  return { bytes: (count) => Uint8Array.from({ length: count }, nextByte) };
}
