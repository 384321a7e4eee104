import type { Random } from '@tyrum/contracts';

/** Pseudo-random numbers that are the same for the same seed and names, on every platform. */
export interface Prng extends Random {
  /** An integer in [0, bound). */
  int(bound: number): number;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  /** Another stream, named: what is drawn from one never shifts what is drawn from another. */
  fork(name: string): Prng;
}

/** xoshiro128** (Blackman and Vigna, public domain), seeded from text. */
export function createPrng(seed: string): Prng {
  let [a, b, c, d] = stateOf(seed);

  function next(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  }

  const prng: Prng = {
    int: (bound) => Math.floor((next() / 0x1_00_00_00_00) * bound),
    between: (low, high) => low + prng.int(high - low + 1),
    chance: (probability) => next() / 0x1_00_00_00_00 < probability,
    pick<Value>(values: readonly Value[]): Value {
      if (values.length === 0) throw new RangeError('there is nothing to pick from');
      return values[prng.int(values.length)] as Value;
    },
    bytes(count) {
      const bytes = new Uint8Array(count);
      for (let at = 0; at < count; at += 4) {
        const word = next();
        for (let part = 0; part < 4 && at + part < count; part += 1) bytes[at + part] = word >>> (8 * part);
      }
      return bytes;
    },
    fork: (name) => createPrng(`${seed}/${name}`),
  };
  return prng;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** Four words from text: FNV-1a over it, then splitmix32, whose output is never all zero. */
function stateOf(seed: string): [number, number, number, number] {
  let hash = 0x811c9dc5;
  for (let at = 0; at < seed.length; at += 1) hash = Math.imul(hash ^ seed.charCodeAt(at), 0x01000193);
  const word = () => {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = hash ^ (hash >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  return [word(), word(), word(), word()];
}
