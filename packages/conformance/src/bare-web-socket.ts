import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The headers of an answer to an upgrade, in lower case, and the body of one that refuses it. */
export interface UpgradeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A close frame as it was read; `undefined` where the socket ended without one. */
export interface Closed {
  readonly code: number | undefined;
  readonly reason: string;
}

/** A WebSocket written on a bare TCP socket, so that a test knows every byte of it. */
export interface BareWebSocket {
  readonly answer: UpgradeAnswer;
  /** Resolves when the socket has ended. */
  readonly closed: Promise<Closed>;
  sendText(text: string): void;
  /** Sends one masked frame of any opcode. */
  sendFrame(opcode: number, payload: Uint8Array): void;
  /** Sends bytes as they are, a frame or not. */
  sendRaw(bytes: Uint8Array): void;
  /** The next text message. @throws {Error} when the socket ends before there is one */
  next(): Promise<string>;
  /** Cuts the socket without a word; what has not been read is never seen. */
  cut(): void;
}

export interface UpgradeOptions {
  readonly port: number;
  readonly token?: string;
  /** @default ['tyrum-v1'] */
  readonly protocols?: readonly string[];
  /** Bytes written in the same breath as the upgrade request, before its answer is known. */
  readonly behind?: Uint8Array;
}

export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Asks for the upgrade and reads its answer, whatever it is. */
export async function openWebSocket(options: UpgradeOptions): Promise<BareWebSocket> {
  const { port, token, protocols = ['tyrum-v1'], behind = new Uint8Array() } = options;
  const key = randomBytes(16).toString('base64');
  const socket = connect(port, '127.0.0.1');
  // A reset is an end like any other; what matters is what was read before it.
  socket.on('error', () => {});
  const head = [
    'GET /ws HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
    ...(protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`] : []),
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
  ];
  socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), behind]));

  let bytes = Buffer.alloc(0);
  while (!bytes.includes('\r\n\r\n')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
  }
  socket.pause();
  const end = bytes.indexOf('\r\n\r\n');
  const { status, headers } = readHead(bytes.toString('latin1', 0, end));
  const rest = bytes.subarray(end + 4);
  if (status !== 101) {
    const body = await readToEnd(socket, rest);
    return over(socket, { status, headers, body }, { closed: Promise.resolve({ code: undefined, reason: '' }) });
  }
  const accept = createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`).digest('base64');
  if (headers['sec-websocket-accept'] !== accept) throw new Error('the answer belongs to another key');
  return over(socket, { status, headers, body: '' }, readFrames(socket, rest));
}

/** One frame as a client sends it: final, and masked. */
export function maskedFrame(opcode: number, payload: Uint8Array): Buffer {
  const mask = randomBytes(4);
  const body = Buffer.from(payload);
  for (let at = 0; at < body.length; at += 1) body[at] = (body[at] as number) ^ (mask[at % 4] as number);
  return Buffer.concat([Buffer.from([0x80 | opcode]), lengthBytes(body.length, 0x80), mask, body]);
}

function lengthBytes(length: number, maskBit: number): Buffer {
  if (length < 126) return Buffer.from([maskBit | length]);
  const bytes = Buffer.alloc(length < 65_536 ? 3 : 9);
  bytes[0] = maskBit | (length < 65_536 ? 126 : 127);
  if (length < 65_536) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

interface Reading {
  readonly closed: Promise<Closed>;
  readonly next?: () => Promise<string>;
}

function over(socket: Socket, answer: UpgradeAnswer, { closed, next }: Reading): BareWebSocket {
  const sendFrame = (opcode: number, payload: Uint8Array) => void socket.write(maskedFrame(opcode, payload));
  return {
    answer,
    closed,
    sendText: (text) => sendFrame(OPCODE.text, Buffer.from(text)),
    sendFrame,
    sendRaw: (bytes) => void socket.write(bytes),
    next: next ?? (() => Promise.reject(new Error(`the upgrade was answered ${answer.status}`))),
    cut: () => void socket.destroy(),
  };
}

/** Reads unfragmented, unmasked frames; answers pings and the close; anything else of a server is an error. */
function readFrames(socket: Socket, first: Buffer): Required<Reading> {
  let bytes = Buffer.alloc(0);
  let ended: Closed | undefined;
  let failure: Error | undefined;
  const messages: string[] = [];
  const waiting: { resolve(text: string): void; reject(cause: Error): void }[] = [];
  let close: Closed = { code: undefined, reason: '' };

  function deliver(): void {
    while (waiting.length > 0 && messages.length > 0) waiting.shift()?.resolve(messages.shift() as string);
    if (ended === undefined && failure === undefined) return;
    const cause = failure ?? new Error(`the socket ended: ${ended?.code} ${ended?.reason}`);
    for (const { reject } of waiting.splice(0)) reject(cause);
  }

  function take(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.text) messages.push(payload.toString());
    else if (opcode === OPCODE.ping) socket.write(maskedFrame(OPCODE.pong, payload));
    else if (opcode === OPCODE.close) {
      close = { code: payload.length < 2 ? undefined : payload.readUInt16BE(0), reason: payload.toString('utf8', 2) };
      socket.end(maskedFrame(OPCODE.close, payload.subarray(0, 2)));
    } else throw new Error(`a frame of opcode ${opcode}`);
  }

  function read(chunk: Buffer): void {
    bytes = Buffer.concat([bytes, chunk]);
    try {
      for (let frame = firstFrame(bytes); frame !== undefined; frame = firstFrame(bytes)) {
        bytes = bytes.subarray(frame.size);
        take(frame.opcode, frame.payload);
      }
    } catch (cause) {
      failure = cause as Error;
      socket.destroy();
    }
    deliver();
  }

  const closed = new Promise<Closed>((resolve) => {
    socket.once('close', () => {
      ended = close;
      deliver();
      resolve(close);
    });
  });
  read(first);
  socket.on('data', read);
  socket.resume();
  return {
    closed,
    next: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        deliver();
      }),
  };
}

function firstFrame(bytes: Buffer): { opcode: number; payload: Buffer; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const [head = 0, second = 0] = bytes;
  if ((head & 0xf0) !== 0x80) throw new Error(`a frame that is fragmented or has a reserved bit: ${head}`);
  if ((second & 0x80) !== 0) throw new Error('a masked frame of a server');
  const start = second < 126 ? 2 : second === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length = second < 126 ? second : second === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + length) return undefined;
  return { opcode: head & 0x0f, payload: bytes.subarray(start, start + length), size: start + length };
}

function readHead(head: string): { status: number; headers: Record<string, string> } {
  const [first = '', ...lines] = head.split('\r\n');
  const pairs = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(pairs) };
}

async function readToEnd(socket: Socket, first: Buffer): Promise<string> {
  const chunks = [first];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}
