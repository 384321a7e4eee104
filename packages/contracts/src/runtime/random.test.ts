import { describe, expect, it } from 'vitest';
import { orderedUuid, type Random, randomFraction, randomText, randomUuid, systemRandom } from './random.ts';

const always = (byte: number): Random => ({ bytes: (count) => new Uint8Array(count).fill(byte) });
const ascending: Random = { bytes: (count) => Uint8Array.from({ length: count }, (_, at) => at) };

describe('what is made of random bytes', () => {
  it('is a UUID of version 4', () => {
    expect(randomUuid(ascending)).toBe('00010203-0405-4607-8809-0a0b0c0d0e0f');
    expect(randomUuid(always(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
    expect(randomUuid(always(0))).toBe('00000000-0000-4000-8000-000000000000');
  });

  it('is a UUID of version 7, in the order of time', () => {
    // The example of RFC 9562, appendix A.6, with other random bits.
    expect(orderedUuid(ascending, 0x017f22e279b0)).toBe('017f22e2-79b0-7607-8809-0a0b0c0d0e0f');
    expect(orderedUuid(always(255), 0.9)).toBe('00000000-0000-7fff-bfff-ffffffffffff');

    const times = [0, 1, 255, 256, 2 ** 31, 2 ** 32, 1_772_600_000_000, 1_772_600_000_001, 2 ** 48 - 1];
    const ids = times.map((now) => orderedUuid(always(255), now));
    expect([...ids].sort()).toEqual(ids);
  });

  it('is text of 43 characters for 32 bytes [HS-16]', () => {
    expect(randomText(ascending, 32)).toBe('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8');
  });

  it('is a fraction that never reaches 1', () => {
    expect(randomFraction(always(0))).toBe(0);
    expect(randomFraction(always(255))).toBeLessThan(1);
    expect(randomFraction(always(128))).toBeCloseTo(0.502, 3);
  });
});

describe('the randomness of the platform', () => {
  it('differs from one call to the next [SEC-3]', () => {
    const random = systemRandom();

    const drawn = new Set(Array.from({ length: 64 }, () => randomText(random, 16)));

    expect(drawn.size).toBe(64);
  });

  it('gives bytes that nobody else has, however many are asked for [SEC-3]', () => {
    const random = systemRandom();

    const drawn = [16, 1000, 32, 5000, 16, 0].map((count) => random.bytes(count));
    drawn[0]?.fill(7);

    expect(drawn.map(({ length }) => length)).toEqual([16, 1000, 32, 5000, 16, 0]);
    expect(new Set(drawn.map(({ buffer }) => buffer)).size).toBe(6);
    // A run of zeroes this long is not drawn in the life of the universe.
    for (const bytes of drawn.slice(1, 5)) expect(Buffer.from(bytes).includes(Buffer.alloc(12))).toBe(false);
  });
});
