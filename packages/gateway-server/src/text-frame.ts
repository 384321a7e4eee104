/** First byte of an unfragmented text message (RFC 6455, section 5.2). */
const FINAL_TEXT = 0x81;

/**
 * One text message as the bytes of a WebSocket frame of a server. It is built here, in one buffer, because the library writes
 * header and payload apart, and the write is the dearest thing in the program.
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  if (length < 126) {
    const frame = Buffer.allocUnsafe(2 + length);
    frame[1] = length;
    return filled(frame, text, 2);
  }
  if (length < 65_536) {
    const frame = Buffer.allocUnsafe(4 + length);
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
    return filled(frame, text, 4);
  }
  const frame = Buffer.allocUnsafe(10 + length);
  frame[1] = 127;
  frame.writeUInt32BE(0, 2);
  frame.writeUInt32BE(length, 6);
  return filled(frame, text, 10);
}

function filled(frame: Buffer, text: string, offset: number): Buffer {
  frame[0] = FINAL_TEXT;
  frame.write(text, offset, 'utf8');
  return frame;
}
