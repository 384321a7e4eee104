import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** How long a refused peer has to read the refusal, in milliseconds. */
const LINGER_MS = 2000;

/** Answers an upgrade with an HTTP status and one line of text, and ends the socket. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  line: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = `${line}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // What the peer still sends is dropped: to destroy the socket with unread bytes would take the answer away from it.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}
