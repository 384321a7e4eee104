import { createHash, createPublicKey, verify } from 'node:crypto';
import { gatewayTranscript, type MutualFacts, peerTranscript, transcriptAt2 } from '@tyrum/contracts';
import { NOTE_TEXT } from '../payload.ts';
import { type BenchDevice, createDevices } from './devices.ts';
import { type Dialect, type Link, type MakeDialect, numberAfter, type Talk } from './dialect.ts';

/** Every so many events one is acknowledged: a quarter of the window, so that the gateway never waits for it. */
const ACK_EVERY = 256;
const NONCE = 'YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8';

interface Facts {
  readonly token: string;
  readonly hash: string;
  readonly extension: { readonly id: string; readonly hash: string };
  /** How many devices connect in turn. @default a new one for each connection */
  readonly devices?: number;
  /** Whether a device that comes again resumes from the first place that it was told. @default false */
  readonly resumes?: boolean;
  /** Whether events are acknowledged. @default true */
  readonly acks?: boolean;
}

/** This protocol, written by hand: the client's library would be the slower side. */
export function tyrum({ revision = 3 }: { readonly revision?: 2 | 3 } = {}): MakeDialect {
  return (given): Dialect => {
    const facts = given as unknown as Facts;
    const nextDevice = createDevices(facts.devices ?? Number.POSITIVE_INFINITY);
    /** The first cursor of each device. */
    const cursors = new Map<string, string>();
    return {
      path: '/ws',
      protocols: ['tyrum-v1'],
      headers: { Authorization: `Bearer ${facts.token}` },
      talk(link) {
        const device = nextDevice();
        let receive =
          revision === 2 ? shakeHandsAt2(link, device, open) : shakeHands(link, device, facts, cursors, open);
        function open(): void {
          receive = createReader(link, facts.acks ?? true);
          link.ready();
        }
        return { ...requests, receive: (text) => receive(text) };
      },
      payloadOf: (text) => JSON.parse(text).result,
    };
  };
}

const requests: Omit<Talk, 'receive'> = {
  read: (id) => `{"request_id":"${id}","type":"bench.read","payload":${NOTE_TEXT}}`,
  write: (id) => `{"request_id":"${id}","type":"bench.write","payload":${NOTE_TEXT}}`,
  publish: (id) => `{"request_id":"${id}","type":"bench.publish","payload":${NOTE_TEXT}}`,
};

function createReader(link: Link, acks: boolean): Talk['receive'] {
  let events = 0;
  return (text) => {
    if (text.startsWith('{"request_id":"ack"')) return;
    if (text.startsWith('{"event_id"')) {
      if (!text.includes('"type":"bench.')) return;
      link.event();
      events += 1;
      if (acks && events % ACK_EVERY === 0) link.send(acknowledgement(text));
    } else if (text.includes('"ok":true')) link.answered(numberAfter(text, '{"request_id":"'));
    else link.fail(text);
  };
}

function acknowledgement(text: string): string {
  return `{"request_id":"ack","type":"events.ack","payload":{"cursor":"${JSON.parse(text).cursor}"}}`;
}

function shakeHands(
  link: Link,
  device: BenchDevice,
  { hash, extension, resumes = false }: Facts,
  cursors: Map<string, string>,
  open: () => void,
): Talk['receive'] {
  const cursor = resumes ? cursors.get(device.id) : undefined;
  const init = frame('connect.init', {
    protocol_rev: 3,
    protocol_revs: [2, 3],
    role: 'client',
    device: { device_id: device.id, pubkey: device.pubkey },
    client_nonce: NONCE,
    contract_hash: hash,
    extensions: [extension],
    ...(cursor === undefined ? {} : { resume: { cursor } }),
  });
  let facts: MutualFacts | undefined;
  let gatewayKey = '';
  let proof = '';
  link.send(init);
  return (text) => {
    const { ok, result } = JSON.parse(text);
    if (ok !== true) {
      link.fail(text);
    } else if (facts === undefined) {
      const { connection_id, gateway } = result;
      gatewayKey = gateway.pubkey;
      facts = {
        revision: 3,
        connectionId: connection_id,
        deviceId: device.id,
        gatewayId: gateway.gateway_id,
        initSha256: sha256(init),
        resultSha256: sha256(text),
      };
      proof = device.sign(peerTranscript(facts));
      link.send(frame('connect.proof', { connection_id, proof }));
    } else if (verifies(gatewayKey, gatewayTranscript(facts, sha256(proof)), result.gateway_proof)) {
      if (resumes && cursor === undefined) cursors.set(device.id, result.cursor);
      if (cursor !== undefined && result.recovery.outcome !== 'resumed') link.fail(text);
      else open();
    } else {
      link.fail('the gateway did not prove itself');
    }
  };
}

function shakeHandsAt2(link: Link, device: BenchDevice, open: () => void): Talk['receive'] {
  let connectionId: string | undefined;
  link.send(
    frame('connect.init', { protocol_rev: 2, role: 'client', device: { device_id: device.id, pubkey: device.pubkey } }),
  );
  return (text) => {
    const { ok, result } = JSON.parse(text);
    if (ok !== true) {
      link.fail(text);
    } else if (connectionId === undefined) {
      const { connection_id, challenge } = result;
      connectionId = connection_id as string;
      const proof = device.sign(transcriptAt2({ role: 'client', deviceId: device.id, connectionId, challenge }));
      link.send(frame('connect.proof', { connection_id, proof }));
    } else {
      open();
    }
  };
}

/** Keys of gateways, imported once each as a client keeps them. */
const keys = new Map<string, ReturnType<typeof createPublicKey>>();

function verifies(pubkey: string, transcript: string, signature: string): boolean {
  const key =
    keys.get(pubkey) ?? createPublicKey({ key: Buffer.from(pubkey, 'base64url'), format: 'der', type: 'spki' });
  keys.set(pubkey, key);
  return verify(null, Buffer.from(transcript), key, Buffer.from(signature, 'base64url'));
}

function frame(type: string, payload: unknown): string {
  return JSON.stringify({ request_id: type, type, payload });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
