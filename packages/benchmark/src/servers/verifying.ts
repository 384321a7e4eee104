import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { type StartServer, webSocketServer } from './bench-server.ts';

/** Raw `ws` that asks for one Ed25519 signature of a challenge before it lets a connection in. */
export const verifying: StartServer = async () => {
  const { server, port, close } = await webSocketServer();
  server.on('connection', (peer) => {
    const challenge = randomBytes(32).toString('base64url');
    peer.send(JSON.stringify({ challenge }));
    peer.on('message', (data) => {
      const { pubkey, proof } = JSON.parse(String(data));
      const key = createPublicKey({ key: Buffer.from(pubkey, 'base64url'), format: 'der', type: 'spki' });
      verify(null, Buffer.from(challenge), key, Buffer.from(proof, 'base64url'), (_error, valid) => {
        peer.send(JSON.stringify({ ok: valid }));
      });
    });
  });
  return { port, close };
};
