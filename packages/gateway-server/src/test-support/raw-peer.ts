import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What a gateway answers to an HTTP request, and the socket that it came on. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly socket: Socket;
}

/** The upgrade that every peer sends, for tests that change a part of it. */
export const UPGRADE_HEADERS = {
  Host: '127.0.0.1',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol': 'tyrum-v1',
} as const;

/** Sends a request over a bare TCP socket and reads up to the end of the answer's headers, and a body of a stated length. */
export async function rawRequest(
  port: number,
  path: string,
  headers: Readonly<Record<string, string | undefined>>,
  { behind = Buffer.alloc(0) as Buffer, method = 'GET' } = {},
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const head = `${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`;
  socket.write(Buffer.concat([Buffer.from(head), behind]));
  let answer = Buffer.alloc(0);
  while (!answer.includes('\r\n\r\n') || bodyOf(answer).length < lengthOf(answer)) {
    const [chunk] = await once(socket, 'data');
    answer = Buffer.concat([answer, chunk]);
  }
  socket.pause();
  const status = Number(answer.toString('latin1', 9, 12));
  // Behind a 101 come frames: they stay on the socket.
  if (status === 101) socket.unshift(bodyOf(answer));
  return { status, headers: headersOf(answer), text: status === 101 ? '' : bodyOf(answer).toString(), socket };
}

/** A frame as a client sends it: masked, with a mask of zeros. */
export function clientFrame(payload: string | Buffer, { opcode = 1, final = true, declared = -1 } = {}): Buffer {
  const body = Buffer.from(payload);
  const length = declared < 0 ? body.length : declared;
  const head = length < 126 ? [length] : length < 65_536 ? [126, ...bytesOf(length, 2)] : [127, ...bytesOf(length, 8)];
  const [first = 0, ...rest] = head;
  return Buffer.concat([Buffer.from([(final ? 0x80 : 0) | opcode, 0x80 | first, ...rest, 0, 0, 0, 0]), body]);
}

/** Reads a bare socket to its end and gives the code of the close frame that the gateway sent last, if it had one. */
export async function closeCodeOn(socket: Socket): Promise<number | undefined> {
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  socket.resume();
  if (!socket.destroyed) await once(socket, 'close');
  const at = bytes.indexOf(0x88);
  // A close frame without a code answers one without a code.
  return at < 0 || bytes.length < at + 4 ? undefined : bytes.readUInt16BE(at + 2);
}

function bytesOf(value: number, count: number): number[] {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return [...buffer.subarray(8 - count)];
}

function bodyOf(answer: Buffer): Buffer {
  return answer.subarray(answer.indexOf('\r\n\r\n') + 4);
}

function headersOf(answer: Buffer): Record<string, string> {
  const [, ...lines] = answer.toString('latin1', 0, answer.indexOf('\r\n\r\n')).split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}

function lengthOf(answer: Buffer): number {
  return Number(headersOf(answer)['content-length'] ?? 0);
}
