/** First byte of an unfragmented text message (RFC 6455, section 5.2). */
const FINAL_TEXT = 0x81;

/**
 * One text message as a WebSocket frame of a server: a string whose every character is one byte of it (latin1). It is built here,
 * because the library writes header and payload apart, and the write is the dearest thing in the program; and as a string, because
 * most JSON is ASCII and needs no copy until the socket takes it, together with the frames around it.
 *
 * @param bytes how long it is in UTF-8
 */
export function textFrame(text: string, bytes = Buffer.byteLength(text)): string {
  // As long in UTF-8 as it is: it is ASCII, and its own bytes.
  return headerOf(bytes) + (bytes === text.length ? text : Buffer.from(text).toString('latin1'));
}

function headerOf(length: number): string {
  if (length < 126) return String.fromCharCode(FINAL_TEXT, length);
  if (length < 65_536) return String.fromCharCode(FINAL_TEXT, 126, length >> 8, length & 0xff);
  const bytes = Buffer.alloc(10);
  bytes[0] = FINAL_TEXT;
  bytes[1] = 127;
  bytes.writeUInt32BE(length, 6);
  return bytes.toString('latin1');
}
