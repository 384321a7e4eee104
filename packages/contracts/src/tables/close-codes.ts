/** What a client does after a close. */
export type Reconnect = 'reconnect' | 'stop';

interface CloseRow {
  readonly code: number;
  readonly meaning: string;
  readonly reconnect: Reconnect;
  /** What must change before a client that stopped can come back. */
  readonly until?: 'token' | 'client' | 'upgrade' | 'device';
}

/** Every close code of the protocol, by name. */
export const CLOSE_CODES = {
  going_away: { code: 1001, meaning: 'going away', reconnect: 'reconnect' },
  restart: { code: 1012, meaning: 'restart', reconnect: 'reconnect' },
  overloaded: { code: 1013, meaning: 'overloaded, try later', reconnect: 'reconnect' },
  unauthorized: {
    code: 4001,
    meaning: 'unauthorized; token expired, revoked or changed',
    reconnect: 'stop',
    until: 'token',
  },
  handshake_timeout: { code: 4002, meaning: 'handshake timeout', reconnect: 'reconnect' },
  bad_handshake: { code: 4003, meaning: 'bad handshake message', reconnect: 'stop', until: 'client' },
  superseded: { code: 4004, meaning: 'the connection was superseded or evicted', reconnect: 'reconnect' },
  no_common_revision: {
    code: 4005,
    meaning: 'no common revision, or another contract',
    reconnect: 'stop',
    until: 'upgrade',
  },
  bad_device: { code: 4006, meaning: 'device id or key', reconnect: 'stop', until: 'device' },
  invalid_proof: { code: 4007, meaning: 'invalid proof', reconnect: 'stop', until: 'device' },
  device_mismatch: { code: 4008, meaning: 'the token is bound to another device', reconnect: 'stop', until: 'token' },
  protocol_violation: {
    code: 4009,
    meaning: 'protocol violation after the handshake',
    reconnect: 'stop',
    until: 'client',
  },
} as const satisfies Record<string, CloseRow>;

export type CloseName = keyof typeof CLOSE_CODES;

const byNumber = new Map(Object.entries(CLOSE_CODES).map(([name, row]) => [row.code as number, name as CloseName]));

/** The name of a close code, or `undefined` when it is not one of the protocol's: a broken network, for instance. */
export function closeName(code: number): CloseName | undefined {
  return byNumber.get(code);
}

/** What a client does after this close code. A code outside the table is a lost connection: it reconnects. */
export function afterClose(code: number): Reconnect {
  const name = closeName(code);
  return name === undefined ? 'reconnect' : CLOSE_CODES[name].reconnect;
}

/** The most that a close frame carries beside its code (RFC 6455, section 5.5). */
export const MAX_CLOSE_REASON_BYTES = 123;

/** Cuts a close reason at 123 UTF-8 bytes, on a character boundary. */
export function cutCloseReason(reason: string): string {
  let bytes = 0;
  let cut = '';
  for (const character of reason) {
    bytes += utf8Bytes(character.codePointAt(0) as number);
    if (bytes > MAX_CLOSE_REASON_BYTES) return cut;
    cut += character;
  }
  return cut;
}

function utf8Bytes(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x1_0000 ? 3 : 4;
}
