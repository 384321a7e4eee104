import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Collection } from '../ports/store.ts';
import {
  decodeText,
  encodeParts,
  encodeText,
  entryKey,
  entryKeys,
  entryRange,
  sortableNumber,
} from './document-index.ts';

// Code units of every kind that the encoding treats differently, and their neighbours.
const unit = fc.constantFrom(
  0,
  1,
  2,
  3,
  4,
  5,
  0x61,
  0x62,
  0xd7fe,
  0xd7ff,
  0xd800,
  0xdbff,
  0xdc00,
  0xe000,
  0xfffe,
  0xffff,
);
const text = fc.oneof(
  fc.array(unit, { maxLength: 4 }).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const tuple = fc.array(text, { maxLength: 4 });

describe('encodeText', () => {
  it('gives any text back', () => {
    fc.assert(fc.property(text, (original) => decodeText(encodeText(original)) === original));
  });

  it('leaves ordinary text as it is', () => {
    expect(encodeText('dev_abc/é 漢')).toBe('dev_abc/é 漢');
  });

  it('orders by code unit, in JavaScript and in UTF-8 bytes alike', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(sign(encodeText(left), encodeText(right))).toBe(sign(left, right));
        expect(byteOrder(encodeText(left), encodeText(right))).toBe(sign(left, right));
      }),
    );
  });

  it('uses no NUL and no surrogate, whatever the text', () => {
    fc.assert(
      fc.property(text, (original) => {
        for (const char of encodeText(original)) expect(char > '\u0000' && char <= '\ud7ff').toBe(true);
      }),
    );
  });
});

describe('entryKey', () => {
  it('orders by the parts, then by the id', () => {
    fc.assert(
      fc.property(tuple, text, tuple, text, (left, leftId, right, rightId) => {
        const expected = compareTuples(left, right) || sign(leftId, rightId);
        expect(sign(entryKey(left, leftId), entryKey(right, rightId))).toBe(expected);
        expect(byteOrder(entryKey(left, leftId), entryKey(right, rightId))).toBe(expected);
      }),
    );
  });

  it('begins with the encoded prefix exactly when the tuple begins with the parts', () => {
    fc.assert(
      fc.property(tuple, tuple, text, (prefix, rest, id) => {
        expect(entryKey([...prefix, ...rest], id).startsWith(encodeParts(prefix))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(tuple, tuple, text, (prefix, other, id) => {
        expect(entryKey(other, id).startsWith(encodeParts(prefix))).toBe(beginsWith(other, prefix));
      }),
    );
  });
});

describe('entryKeys', () => {
  it('leaves out an index that has no key for the value', () => {
    const collection: Collection<{ name: string; open: boolean }> = {
      name: 'doors',
      indexes: { byName: ({ name }) => [name], open: ({ open, name }) => (open ? [name] : undefined) },
    };

    expect(entryKeys(collection, 'd1', { name: 'front', open: false })).toEqual({ byName: entryKey(['front'], 'd1') });
  });
});

describe('entryRange', () => {
  const collection: Collection<unknown> = { name: 'things', indexes: { all: () => [] } };

  it('holds exactly the keys below the prefix and up to the bound', () => {
    fc.assert(
      fc.property(tuple, tuple, tuple, text, fc.boolean(), (prefix, upTo, rest, id, below) => {
        const parts = below ? [...prefix, ...rest] : rest;
        const { above, below: end } = entryRange(collection, { index: 'all', prefix, upTo, limit: 1 });
        const key = entryKey(parts, id);

        const bounded = parts.slice(prefix.length, prefix.length + upTo.length);
        const expected = beginsWith(parts, prefix) && compareTuples(bounded, upTo) <= 0;

        expect(key > above && key < end).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('never leaves the prefix, whatever text comes as the place to continue from', () => {
    fc.assert(
      fc.property(text, text, text, text, fc.boolean(), (prefix, other, id, after, descending) => {
        fc.pre(prefix !== other);
        const order = descending ? 'descending' : 'ascending';
        const range = entryRange(collection, { index: 'all', prefix: [prefix], after, order, limit: 1 });
        const key = entryKey([other], id);

        expect(byteOrder(key, range.above) > 0 && byteOrder(key, range.below) < 0).toBe(false);
      }),
    );
  });

  it('refuses an index that the collection does not have', () => {
    expect(() => entryRange(collection, { index: 'toString', limit: 1 })).toThrow('the collection things has no index');
  });

  it('refuses a limit that is not a positive whole number', () => {
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      expect(() => entryRange(collection, { index: 'all', limit })).toThrow(RangeError);
    }
  });
});

describe('sortableNumber', () => {
  it('orders as the numbers do, all in one length', () => {
    const number = fc.oneof(fc.double({ noNaN: true }), fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 }));
    fc.assert(
      fc.property(number, number, (left, right) => {
        expect(sign(sortableNumber(left), sortableNumber(right))).toBe(left === right ? 0 : left < right ? -1 : 1);
        expect(sortableNumber(left)).toHaveLength(16);
      }),
    );
  });

  it('refuses NaN', () => {
    expect(() => sortableNumber(Number.NaN)).toThrow(RangeError);
  });
});

function sign(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

function byteOrder(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function compareTuples(left: readonly string[], right: readonly string[]): number {
  for (const [at, part] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    if (part !== other) return part < other ? -1 : 1;
  }
  return left.length === right.length ? 0 : -1;
}

function beginsWith(parts: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= parts.length && prefix.every((part, at) => part === parts[at]);
}
