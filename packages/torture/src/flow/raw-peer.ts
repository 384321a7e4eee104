import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { deviceIdFrom, peerTranscript, tyrum } from '@tyrum/contracts';
import { WebSocket } from 'ws';

/** A peer of revision 3 that does as little as can be: the gateway is to be the slower side. */
export interface RawPeer {
  /** Sends a request; its response is not looked at. */
  request(type: string, payload: unknown): void;
  /** Sends a request and resolves with its result. @throws {Error} when it is refused */
  ask(type: string, payload: unknown): Promise<Readonly<Record<string, unknown>>>;
  /** Reads nothing from now on. */
  stall(): void;
  /** How its socket was closed, once it was. */
  readonly closeCode: number | undefined;
  cut(): void;
}

const REVISION = 3;
const NONCE_BYTES = 32;

/** Connects with a key of its own. `onText` is shown every text that comes after the handshake. */
export async function connectRawPeer(options: {
  readonly url: string;
  readonly token: string;
  readonly onText: (text: string, peer: RawPeer) => void;
}): Promise<RawPeer> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ format: 'der', type: 'spki' });
  const deviceId = deviceIdFrom(sha256(der));
  const webSocket = new WebSocket(options.url, 'tyrum-v1', {
    headers: { Authorization: `Bearer ${options.token}` },
    perMessageDeflate: false,
  });
  const waiting = new Map<string, { resolve(text: string): void; reject(cause: Error): void }>();
  let requests = 0;
  let closeCode: number | undefined;
  webSocket.on('close', (code) => {
    closeCode = code;
    for (const { reject } of waiting.values()) reject(new Error(`the gateway closed with ${code}`));
  });
  // The close behind it tells.
  webSocket.on('error', () => {});
  await once(webSocket, 'open');

  function send(type: string, payload: unknown): { id: string; text: string } {
    requests += 1;
    const id = String(requests);
    const text = JSON.stringify({ request_id: id, type, payload });
    webSocket.send(text);
    return { id, text };
  }

  function answerTo(id: string): Promise<string> {
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  const peer: RawPeer = {
    request: (type, payload) => void send(type, payload),
    async ask(type, payload) {
      const { ok, result, error } = JSON.parse(await answerTo(send(type, payload).id));
      if (ok !== true) throw new Error(`${type}: ${error.message}`);
      return result;
    },
    stall: () => webSocket.pause(),
    get closeCode() {
      return closeCode;
    },
    cut: () => webSocket.terminate(),
  };

  webSocket.on('message', (data) => {
    const text = String(data);
    if (waiting.size > 0 && text.startsWith('{"request_id"')) {
      const { request_id } = JSON.parse(text);
      waiting.get(request_id)?.resolve(text);
      waiting.delete(request_id);
    }
    options.onText(text, peer);
  });

  const init = send('connect.init', {
    protocol_rev: REVISION,
    protocol_revs: [REVISION],
    role: 'client',
    device: { device_id: deviceId, pubkey: der.toString('base64url') },
    client_nonce: Buffer.alloc(NONCE_BYTES, 7).toString('base64url'),
    contract_hash: tyrum.hashes[REVISION],
  });
  const initResult = await answerTo(init.id);
  const { connection_id, gateway } = JSON.parse(initResult).result;
  const transcript = peerTranscript({
    revision: REVISION,
    connectionId: connection_id,
    deviceId,
    gatewayId: gateway.gateway_id,
    initSha256: sha256(init.text).toString('base64url'),
    resultSha256: sha256(initResult).toString('base64url'),
  });
  await peer.ask('connect.proof', {
    connection_id,
    proof: sign(null, Buffer.from(transcript), privateKey).toString('base64url'),
  });
  return peer;
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
