import { describe, expect, it } from 'vitest';
import { decodePageCursor, encodePageCursor } from './page-cursor.ts';

describe('a page cursor', () => {
  it.each([[['']], [['a', 'b']], [['ä€😀', '\u0000"\\']]])('names the place %j and nothing else', (place) => {
    const cursor = encodePageCursor('list', place);

    expect(decodePageCursor('list', place.length, cursor, 'cursor')).toEqual(place);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it.each([
    ['text that is not base64url', '!!'],
    ['bytes that are not UTF-8', '_w'],
    ['text that is not JSON', 'YWJj'],
    ['JSON that is not an array', 'e30'],
    ['an array of other things', Buffer.from('["list",1]').toString('base64url')],
    ['another list', encodePageCursor('other', ['a'])],
    ['too many parts', encodePageCursor('list', ['a', 'b'])],
    ['too few parts', encodePageCursor('list', [])],
  ])('is not %s', (_what, cursor) => {
    expect(() => decodePageCursor('list', 1, cursor, 'cursor')).toThrow('payload.cursor: expected a cursor');
  });
});
