import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { deviceIdFrom } from '@tyrum/contracts';

/** A key pair as a peer has it. */
export interface BenchDevice {
  readonly id: string;
  readonly pubkey: string;
  sign(text: string): string;
}

/** Answers devices in turn: a new one each time, or the same few again once there are so many. */
export function createDevices(most: number): () => BenchDevice {
  const devices: BenchDevice[] = [];
  let next = 0;
  return () => {
    const at = next % most;
    next += 1;
    const device = devices[at] ?? createDevice();
    devices[at] = device;
    return device;
  };
}

function createDevice(): BenchDevice {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ format: 'der', type: 'spki' });
  return {
    id: deviceIdFrom(createHash('sha256').update(der).digest()),
    pubkey: der.toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  };
}
