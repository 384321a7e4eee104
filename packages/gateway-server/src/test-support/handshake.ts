import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { deviceIdFrom, toBase64Url, transcriptAt2 } from '@tyrum/contracts';
import { nodeCrypto } from '@tyrum/gateway-core';
import { WebSocket } from 'ws';

type Frame = Record<string, unknown> & { readonly result?: Record<string, unknown> };

/** A client of revision 2 that has connected, and what it does with frames. */
export interface OpenClient {
  readonly socket: WebSocket;
  /** Sends a request and resolves with its response. */
  ask(type: string, payload: unknown): Promise<Frame>;
}

/** Connects with a token and goes through the whole handshake of revision 2. */
export async function openClient(url: string, token: string): Promise<OpenClient> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const deviceId = deviceIdFrom(nodeCrypto().sha256(der));
  const socket = new WebSocket(url, 'tyrum-v1', { headers: { Authorization: `Bearer ${token}` } });
  await once(socket, 'open');
  let requests = 0;

  async function ask(type: string, payload: unknown): Promise<Frame> {
    requests += 1;
    const requestId = String(requests);
    socket.send(JSON.stringify({ request_id: requestId, type, payload }));
    return new Promise((resolve, reject) => {
      socket.once('close', (code, reason) => reject(new Error(`closed with ${code}: ${reason}`)));
      socket.on('message', function listen(data) {
        const frame: Frame = JSON.parse(String(data));
        if (frame.request_id !== requestId) return;
        socket.off('message', listen);
        resolve(frame);
      });
    });
  }

  const { result: init = {} } = await ask('connect.init', {
    protocol_rev: 2,
    role: 'client',
    device: { device_id: deviceId, pubkey: toBase64Url(der) },
  });
  const transcript = transcriptAt2({
    role: 'client',
    deviceId,
    connectionId: init.connection_id as string,
    challenge: init.challenge as string,
  });
  const proof = toBase64Url(sign(null, Buffer.from(transcript), privateKey));
  await ask('connect.proof', { connection_id: init.connection_id, proof });
  return { socket, ask };
}
