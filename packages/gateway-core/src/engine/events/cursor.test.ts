import { describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../ports/node-crypto.ts';
import { type CursorAudience, createCursorCodec, type LogPlace, markOf } from './cursor.ts';

const audience: CursorAudience = {
  tenant: 'acme',
  deviceId: 'dev_a',
  role: 'client',
  scopes: ['operator.read', 'operator.write'],
  revision: 3,
};
const place: LogPlace = {
  tenant: 'acme',
  epoch: 'epoch-1',
  position: 41,
  eventId: '00000000-0000-4000-8000-0000deadbeef',
};
const codec = createCursorCodec(nodeCrypto(), Buffer.from('a secret'));
const cursor = `${codec.audienceHalf(audience)}.${codec.placeHalf(place)}`;

describe('a cursor', () => {
  it('is read back by those whom it was made for, in whatever order their scopes come [EV-11]', () => {
    const read = codec.read(cursor, { ...audience, scopes: new Set(['operator.write', 'operator.read']) });

    expect(read).toEqual({ valid: true, epoch: 'epoch-1', position: 41, mark: 'deadbeef' });
    expect(codec.placeOf(cursor, 'acme')).toEqual({ epoch: 'epoch-1', position: 41 });
  });

  it.each([
    ['another tenant', { tenant: 'other' }, 'unknown_cursor'],
    ['another device', { deviceId: 'dev_b' }, 'unknown_cursor'],
    ['another revision', { revision: 4 }, 'revision_changed'],
    ['another revision and other scopes', { revision: 4, scopes: [] }, 'revision_changed'],
    ['another role', { role: 'node' }, 'scope_changed'],
    ['fewer scopes', { scopes: ['operator.read'] }, 'scope_changed'],
    ['more scopes', { scopes: ['operator.read', 'operator.write', 'operator.admin'] }, 'scope_changed'],
  ])('is no good to %s, and says the first reason why [EV-16] [EV-17] [EV-18] [EV-21]', (_who, change, reason) => {
    expect(codec.read(cursor, { ...audience, ...change })).toEqual({ valid: false, reason });
  });

  it.each([
    { tenant: 'other' },
    { epoch: 'epoch-2' },
    { position: 42 },
    { eventId: '00000000-0000-4000-8000-0000deadbeee' },
  ])('names a place by what it is, and not by the one that was named before it: %j [EV-16]', (change) => {
    const fresh = createCursorCodec(nodeCrypto(), Buffer.from('a secret'));
    const other = { ...place, ...change };
    codec.placeHalf(place);

    expect(codec.placeHalf(other)).toBe(fresh.placeHalf(other));
    expect(codec.placeHalf(other)).not.toBe(codec.placeHalf(place));
  });

  it('of another secret is unknown [EV-16]', () => {
    const other = createCursorCodec(nodeCrypto(), Buffer.from('another secret'));

    expect(other.read(cursor, audience)).toEqual({ valid: false, reason: 'unknown_cursor' });
    expect(other.placeOf(cursor, 'acme')).toBeUndefined();
  });

  it('is unknown when any one of its letters is another [EV-16]', () => {
    const letters = [...cursor];
    const accepted = letters.filter((letter, at) => {
      const forged = [...letters.slice(0, at), letter === '7' ? '8' : '7', ...letters.slice(at + 1)].join('');
      return codec.read(forged, audience).valid;
    });

    expect(accepted).toEqual([]);
  });

  it.each([
    '',
    '.',
    'acked',
    cursor.slice(1),
    `${cursor}.`,
    `${cursor} `,
    cursor.replaceAll('.', '..'),
    'a'.repeat(10_000),
    '3.__proto__',
  ])('is not %s [EV-16]', (text) => {
    expect(codec.read(text, audience)).toEqual({ valid: false, reason: 'unknown_cursor' });
    expect(codec.placeOf(text, 'acme')).toBeUndefined();
  });

  it('fits 128 letters at the largest place there is [EV-11]', () => {
    const half = codec.placeHalf({ ...place, epoch: 'e'.repeat(32), position: Number.MAX_SAFE_INTEGER });
    const longest = `${codec.audienceHalf({ ...audience, revision: 9_999 })}.${half}`;

    expect(longest.length).toBeLessThanOrEqual(128);
    expect(codec.read(longest, { ...audience, revision: 9_999 })).toMatchObject({
      valid: true,
      position: Number.MAX_SAFE_INTEGER,
    });
  });

  it('does not let one part run over into the next: tenants and devices that read alike stay apart [EV-16]', () => {
    const one = codec.audienceHalf({ ...audience, tenant: 'a', deviceId: 'b,c' });
    const two = codec.audienceHalf({ ...audience, tenant: 'a","b', deviceId: 'c' });

    expect(one).not.toBe(two);
  });

  it('names its event by the end of its id, and the beginning of a log by 0', () => {
    expect(markOf('00000000-0000-4000-8000-0000deadbeef')).toBe('deadbeef');
    expect(markOf('00-01-02-03-04')).toBe('01020304');
    expect(markOf('')).toBe('0');
  });
});
