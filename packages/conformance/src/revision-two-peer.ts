import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type BareWebSocket, openWebSocket, type UpgradeOptions } from './bare-web-socket.ts';
import { type Frame, readStrictly } from './revision-two-reader.ts';

/** A key pair and the name that follows from it. */
export interface Device {
  readonly id: string;
  readonly pubkey: string;
  readonly privateKey: KeyObject;
}

/** A peer of revision 2 as somebody else would write it: nothing of this repository is in it. */
export interface RevisionTwoPeer {
  readonly socket: BareWebSocket;
  /** Every frame so far, in the order in which they came; each was read strictly. */
  readonly frames: readonly Frame[];
  /** Sends a request and resolves with its response. */
  ask(type: string, payload: object, requestId?: string): Promise<Frame>;
  /** The first frame, of those that came and those to come, that fits. */
  until(fits: (frame: Frame) => boolean): Promise<Frame>;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** Makes a device with a new key: Ed25519, as the protocol asks for, or another one, which it refuses. */
export function createDevice(kind: 'ed25519' | 'x25519' | 'ed448' = 'ed25519'): Device {
  const { publicKey, privateKey } =
    kind === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : kind === 'x25519'
        ? generateKeyPairSync('x25519')
        : generateKeyPairSync('ed448');
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const id = `dev_${base32(createHash('sha256').update(der).digest())}`;
  return { id, pubkey: der.toString('base64url'), privateKey };
}

/** The payload of a `connect.init` with every key that revision 2 requires. */
export function initPayload(device: Device): object {
  return {
    protocol_rev: 2,
    role: 'client',
    device: { device_id: device.id, pubkey: device.pubkey },
    capabilities: [],
  };
}

/** Signs what revision 2 signs. */
export function proofOf(device: Device, connectionId: string, challenge: string): string {
  const transcript = [
    'tyrum-connect-proof',
    'protocol_rev=2',
    'role=client',
    `device_id=${device.id}`,
    `connection_id=${connectionId}`,
    `challenge=${challenge}`,
    '',
  ].join('\n');
  return sign(null, Buffer.from(transcript), device.privateKey).toString('base64url');
}

/** Upgrades, and reads whatever comes; the handshake is not begun. */
export async function openPeer(options: UpgradeOptions): Promise<RevisionTwoPeer> {
  const socket = await openWebSocket(options);
  const frames: Frame[] = [];
  let reading: Promise<Frame> | undefined;
  let asked = 0;

  function nextId(): string {
    asked += 1;
    return `r-${asked}`;
  }

  async function readOne(): Promise<Frame> {
    const frame = readStrictly(await socket.next());
    frames.push(frame);
    return frame;
  }

  async function until(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (let at = 0; ; at += 1) {
      // Several may wait at once: they share each read.
      while (at >= frames.length) {
        reading ??= readOne().finally(() => {
          reading = undefined;
        });
        await reading;
      }
      const frame = frames[at] as Frame;
      if (fits(frame)) return frame;
    }
  }

  return {
    socket,
    frames,
    until,
    ask(type, payload, requestId = nextId()) {
      socket.sendText(JSON.stringify({ request_id: requestId, type, payload }));
      return until((frame) => frame.ok !== undefined && frame.request_id === requestId);
    },
  };
}

/** Upgrades and completes the handshake. */
export async function connectPeer(options: UpgradeOptions & { readonly device?: Device }): Promise<RevisionTwoPeer> {
  const { device = createDevice() } = options;
  const peer = await openPeer(options);
  const { connection_id, challenge } = (await peer.ask('connect.init', initPayload(device), 'init')).result;
  const proof = proofOf(device, connection_id, challenge);
  await peer.ask('connect.proof', { connection_id, proof }, 'proof');
  return peer;
}

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
    }
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text;
}
