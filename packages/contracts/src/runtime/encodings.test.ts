import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase32 } from './base32.ts';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { canonicalJson } from './canonical-json.ts';
import { codePointsExceed } from './code-points.ts';
import { exceedsUtf8, utf8Length } from './utf8.ts';

// One to four bytes each, and halves of pairs alone.
const mixedText = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', '\ud83d', '\ude00', '\uffff') });

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('base32', () => {
  // RFC 4648, section 10, in lower case and without padding.
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('writes %j as RFC 4648 does', (text, expected) => {
    expect(toBase32(utf8(text))).toBe(expected);
  });

  it('writes 32 bytes as 52 characters', () => {
    expect(toBase32(new Uint8Array(32).fill(255))).toBe(`${'7'.repeat(51)}q`);
  });
});

describe('base64url', () => {
  it('writes what Node.js writes, and reads it back', async () => {
    await fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = toBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64Url(text)).toEqual(bytes);
      }),
    );
  });

  it.each([
    ['padding', 'Zg=='],
    ['a character of plain base64', '+/+/'],
    ['a length that no bytes have', 'Zm9vY'],
    ['one character', 'A'],
    ['stray bits in the last of two characters', 'Zh'],
    ['stray bits in the last of three characters', 'Zm9'],
    ['a line end', 'Zm9v\n'],
    ['a space', 'Zm 9v'],
    ['a character outside ASCII', 'Zmé9'],
    ['half of a surrogate pair', 'Zm9\ud83d'],
  ])('does not read %s', (_what, text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });

  it('has one text for each value: what it reads, it writes the same', async () => {
    await fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AZaz09-_BQgw+/='), maxLength: 12 }), (text) => {
        const bytes = fromBase64Url(text);
        if (bytes !== undefined) expect(toBase64Url(bytes)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the length of UTF-8', () => {
  it('is that of the encoded text', async () => {
    await fc.assert(
      fc.property(mixedText, fc.nat(60), (text, limit) => {
        const length = utf8(text).length;
        expect(utf8Length(text)).toBe(length);
        expect(exceedsUtf8(text, limit)).toBe(length > limit);
      }),
    );
  });

  it.each(['\ud83d', 'a\ud83db', '\ude00', '\ud83d\ud83d\ude00'])(
    'counts a lone surrogate as its replacement (%j)',
    (text) => {
      expect(utf8Length(text)).toBe(utf8(text).length);
    },
  );
});

describe('the length in code points', () => {
  it('counts an emoji once', () => {
    expect(codePointsExceed('😀😀', 2)).toBe(false);
    expect(codePointsExceed('😀😀', 1)).toBe(true);
    expect(codePointsExceed('', 0)).toBe(false);
  });

  it('is that of the spread text', async () => {
    await fc.assert(
      fc.property(mixedText, fc.nat(20), (text, limit) => {
        expect(codePointsExceed(text, limit)).toBe([...text].length > limit);
      }),
    );
  });
});

describe('canonical JSON', () => {
  it('orders keys by their UTF-16 units and writes numbers as RFC 8785 does [RQ-11]', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, ö: 7 };

    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
    expect(canonicalJson([1e30, 4.5, 2e-3, 0.000001, 1e-27, -0])).toBe('[1e+30,4.5,0.002,0.000001,1e-27,0]');
  });

  it('is the same for values that are the same JSON [RQ-11]', async () => {
    await fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('hashes to what another implementation got', () => {
    const digest = createHash('sha256')
      .update(canonicalJson({ b: [true, null], a: 'é' }))
      .digest('base64url');

    expect(digest).toBe('xcwNG5AFzO2Qq7QXjk1QL3DumfmeFYsYQfgquBIkHz8');
  });
});
