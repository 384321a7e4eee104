import { describe, expect, it } from 'vitest';
import { textFrame } from './text-frame.ts';

/** The bytes of a frame, as a socket takes them. */
const frameOf = (text: string) => Buffer.from(textFrame(text), 'latin1');

describe('a text frame', () => {
  it('begins with the text opcode and a length of one byte', () => {
    expect([...frameOf('')]).toEqual([0x81, 0]);
    expect([...frameOf('hé')]).toEqual([0x81, 3, 0x68, 0xc3, 0xa9]);
    expect(frameOf('1 € = 💶').subarray(2).toString()).toBe('1 € = 💶');
    expect(frameOf('\ud800').subarray(2).toString()).toBe('\ufffd');
    expect([...frameOf('x'.repeat(125)).subarray(0, 3)]).toEqual([0x81, 125, 0x78]);
  });

  it('has a length of two bytes from 126 bytes on', () => {
    expect([...frameOf('x'.repeat(126)).subarray(0, 5)]).toEqual([0x81, 126, 0, 126, 0x78]);
    expect([...frameOf('x'.repeat(65_535)).subarray(0, 5)]).toEqual([0x81, 126, 0xff, 0xff, 0x78]);
  });

  it('has a length of eight bytes from 64 KiB on', () => {
    const frame = frameOf('é'.repeat(32_768));

    expect([...frame.subarray(0, 12)]).toEqual([0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0, 0xc3, 0xa9]);
    expect(frame.length).toBe(10 + 65_536);
  });
});
