import { createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto';
import { type StartServer, webSocketServer } from './bench-server.ts';

/** Bytes of a bare Ed25519 key, which stand last in its SPKI form. */
const BARE = 32;

/**
 * Raw `ws` that asks for one Ed25519 signature of a challenge before it lets a connection in, checked on the thread pool. A
 * key is imported as a JWK, which costs a tenth of what DER costs, and kept: a device that comes back pays for no import.
 */
export const verifying: StartServer = async () => {
  const keys = new Map<string, KeyObject>();
  const { server, port, close } = await webSocketServer();

  function keyOf(pubkey: string): KeyObject {
    const known = keys.get(pubkey);
    if (known !== undefined) return known;
    const x = Buffer.from(pubkey, 'base64url').subarray(-BARE).toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    keys.set(pubkey, key);
    return key;
  }

  server.on('connection', (peer) => {
    const challenge = randomBytes(32).toString('base64url');
    peer.send(JSON.stringify({ challenge }));
    peer.on('message', (data) => {
      const { pubkey, proof } = JSON.parse(String(data));
      verify(null, Buffer.from(challenge), keyOf(pubkey), Buffer.from(proof, 'base64url'), (_error, valid) => {
        peer.send(JSON.stringify({ ok: valid }));
      });
    });
  });
  return { port, close };
};
