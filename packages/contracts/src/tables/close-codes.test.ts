import { describe, expect, it } from 'vitest';
import { afterClose, CLOSE_CODES, closeName, cutCloseReason } from './close-codes.ts';

describe('the table of close codes', () => {
  it('is this one [CC-1]', () => {
    const rows = Object.entries(CLOSE_CODES).map(([name, row]) => {
      return `${row.code} ${name} ${row.reconnect}${'until' in row ? ` until ${row.until}` : ''}`;
    });

    expect(rows).toEqual([
      '1001 going_away reconnect',
      '1012 restart reconnect',
      '1013 overloaded reconnect',
      '4001 unauthorized stop until token',
      '4002 handshake_timeout reconnect',
      '4003 bad_handshake stop until client',
      '4004 superseded reconnect',
      '4005 no_common_revision stop until upgrade',
      '4006 bad_device stop until device',
      '4007 invalid_proof stop until device',
      '4008 device_mismatch stop until token',
      '4009 protocol_violation stop until client',
    ]);
  });
});

describe('what a client does after a close', () => {
  it.each([1001, 1012, 1013, 4002, 4004])('is to reconnect after %i [CC-3]', (code) => {
    expect(afterClose(code)).toBe('reconnect');
  });

  it.each([1000, 1006, 1011, 3000, 4000, 4010])(
    'is to reconnect after %i, which the table does not have [CC-3]',
    (code) => {
      expect(closeName(code)).toBeUndefined();
      expect(afterClose(code)).toBe('reconnect');
    },
  );

  it.each([4003, 4005, 4006, 4007, 4008, 4009])('is to stop after %i [CC-4]', (code) => {
    expect(afterClose(code)).toBe('stop');
  });

  it('is to stop after 4001 [CC-5]', () => {
    expect(afterClose(4001)).toBe('stop');
  });
});

describe('a close reason', () => {
  const bytes = (text: string) => new TextEncoder().encode(text).length;

  it('stays as it is up to 123 bytes [CC-2]', () => {
    expect(cutCloseReason('a'.repeat(123))).toBe('a'.repeat(123));
    expect(cutCloseReason('')).toBe('');
  });

  it('is cut at 123 bytes, not at 123 characters [CC-2]', () => {
    expect(cutCloseReason('é'.repeat(100))).toBe('é'.repeat(61));
    expect(cutCloseReason('a'.repeat(124))).toBe('a'.repeat(123));
    expect(cutCloseReason('漢'.repeat(100))).toBe('漢'.repeat(41));
  });

  it.each([0, 1, 2, 3])('never ends in half a character, %i bytes after a boundary [CC-2]', (offset) => {
    const cut = cutCloseReason('a'.repeat(offset) + '😀'.repeat(40));

    expect(cut).toBe('a'.repeat(offset) + '😀'.repeat(30));
    expect(bytes(cut)).toBe(offset + 120);
  });
});
