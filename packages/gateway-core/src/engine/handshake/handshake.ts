import {
  agree,
  type Capability,
  type CloseName,
  type Contract,
  connectInit,
  connectProof,
  type Device,
  decodeFrame,
  describeIssue,
  deviceIdFrom,
  fromBase64Url,
  gatewayIdFrom,
  gatewayTranscript,
  type Limits,
  type MutualFacts,
  peerTranscript,
  publicKeyDer,
  type Random,
  type RequestFrame,
  type Role,
  randomText,
  randomUuid,
  readAs,
  type Schema,
  schemaAt,
  toBase64Url,
  transcriptAt2,
} from '@tyrum/contracts';
import type { Principal } from '../../ports/authenticator.ts';
import type { Crypto, Signer } from '../../ports/crypto.ts';
import type { Durability } from '../../ports/store.ts';
import { shortened } from '../rights/admission.ts';
import { claimsNewer, readOffer } from './offer.ts';

/** A refusal of the handshake: a close code, and at a newer revision an error response before it. */
export interface Refusal {
  readonly refused: true;
  readonly close: CloseName;
  readonly reason: string;
  readonly reply?: string;
}

/** What `connect.init` settled; the proof must fit it. */
export interface Initialised {
  readonly refused: false;
  readonly reply: string;
  readonly revision: number;
  readonly connectionId: string;
  readonly challenge: string;
  readonly role: Role;
  readonly device: Device;
  readonly deviceDer: Uint8Array;
  readonly capabilities: readonly Capability[];
  readonly extensions: readonly string[];
  readonly resumeCursor: string | undefined;
  readonly facts: MutualFacts | undefined;
}

/** A proof that holds. */
export interface Proven {
  readonly refused: false;
  readonly requestId: string;
  /** The gateway's own signature, from revision 3 on. */
  readonly gatewayProof: string | undefined;
}

/** The two steps of the handshake. They decide and sign; what is sent and when is the connection's business. */
export interface Handshake {
  init(text: string, principal: Principal): Initialised | Refusal;
  proof(text: string, initialised: Initialised): Promise<Proven | Refusal>;
}

export interface HandshakeOptions {
  readonly contract: Contract;
  readonly crypto: Crypto;
  readonly signer: Signer;
  readonly random: Random;
  readonly limits: Limits;
  readonly durability: Durability;
}

/** The revision that peers speak who know nothing of agreeing on one, and the one whose rules agreeing follows. */
const BARE_REVISION = 2;
const AGREEING_REVISION = 3;

/** A `connect.init` with which nothing is wrong, and what was agreed. */
interface Accepted {
  readonly text: string;
  readonly frame: RequestFrame;
  readonly payload: InitPayload;
  readonly deviceDer: Uint8Array;
  readonly revision: number;
  readonly extensions: readonly string[];
}

interface InitPayload {
  readonly role: Role;
  readonly device: Device;
  readonly capabilities: readonly Capability[];
  readonly resume?: { readonly cursor: string };
}

export function createHandshake(options: HandshakeOptions): Handshake {
  const { contract, crypto, signer, random, limits, durability } = options;
  const newest = Math.max(AGREEING_REVISION, ...contract.served);
  const gateway = { gateway_id: gatewayIdOf(crypto, signer), pubkey: signer.publicKey };
  /** What the gateway says of itself to everyone, put into words once. */
  const itself = JSON.stringify({ gateway, limits, durability }).slice(1, -1);
  const bareInit = schemaAt(connectInit.payload, BARE_REVISION, 'gateway');
  const newerInit = schemaAt(connectInit.payload, newest, 'gateway');
  /** For a peer that speaks a revision younger than this gateway: what it adds is not known here, and not a mistake. */
  const youngerInit = schemaAt(connectInit.payload, newest, 'peer');
  const proofPayload = schemaAt(connectProof.payload, newest, 'gateway');

  function read(text: string, expected: string, revision: number): RequestFrame | Refusal {
    const decoded = decodeFrame(text, { revision, unknownKeys: 'refuse' });
    // The retired handshake is told what took its place, whatever else is wrong with it.
    const type =
      decoded.kind === 'request' ? decoded.frame.type : decoded.kind === 'malformed' ? decoded.type : undefined;
    if (type === 'connect') return refuse('bad_handshake', 'revision 1 is retired; begin with connect.init');
    if (decoded.kind === 'malformed') return refuse('bad_handshake', describeIssue(shortened(decoded.issue)));
    if (type !== expected || decoded.kind !== 'request')
      return refuse('bad_handshake', `expected the request ${expected}`);
    return decoded.frame;
  }

  function init(text: string, principal: Principal): Initialised | Refusal {
    const newer = claimsNewer(text);
    const frame = read(text, 'connect.init', newer ? newest : BARE_REVISION);
    if ('refused' in frame) return frame;
    const offer = readOffer(frame.payload);
    if ('wrong' in offer) return refuse('bad_handshake', offer.wrong);
    if (!newer && offer.protocol_rev > BARE_REVISION && contract.served.includes(offer.protocol_rev)) {
      return refuse('bad_handshake', `payload.protocol_revs: revision ${offer.protocol_rev} needs it`);
    }

    const agreement = agree(offer, {
      revisions: contract.served,
      hashes: contract.hashes,
      extensions: contract.extensions,
    });
    if (agreement.outcome !== 'agreed') {
      const message =
        agreement.outcome === 'contract_mismatch'
          ? `revision ${agreement.details.revision} is another contract here`
          : `no revision in common; upgrade the ${agreement.details.upgrade}`;
      const refusal = refuse('no_common_revision', message);
      if (!newer) return refusal;
      const error = { code: agreement.outcome, message, details: agreement.details, retryable: false };
      return {
        ...refusal,
        reply: JSON.stringify({ request_id: frame.request_id, type: frame.type, ok: false, error }),
      };
    }

    const deviceDer = judgeDevice(frame.payload);
    if (typeof deviceDer === 'string') return refuse('bad_device', deviceDer);
    const payload = shaped<InitPayload>(
      newer ? (offer.protocol_rev > newest ? youngerInit : newerInit) : bareInit,
      frame,
    );
    if ('refused' in payload) return payload;
    if (deviceDer === undefined) throw new TypeError('a device without a key has the shape of one');
    if (principal.deviceId !== undefined && principal.deviceId !== payload.device.device_id) {
      return refuse('device_mismatch', 'the token is bound to another device');
    }
    if (!principal.roles.includes(payload.role))
      return refuse('unauthorized', `the token does not allow the role ${payload.role}`);
    const { revision } = agreement;
    // Where the result cannot list what was agreed, nothing was.
    const extensions = revision > BARE_REVISION ? agreement.extensions : [];
    // Its shape is right, so there was a key to judge.
    return accept({ text, frame, payload, deviceDer: deviceDer as Uint8Array, revision, extensions });
  }

  function accept({ text, frame, payload, deviceDer, revision, extensions }: Accepted): Initialised {
    const connectionId = randomUuid(random);
    const challenge = randomText(random, 32);
    const mutual = revision > BARE_REVISION;
    const own = { connection_id: connectionId, challenge, ...(mutual ? agreed(revision, extensions) : {}) };
    const result = mutual ? `${JSON.stringify(own).slice(0, -1)},${itself}}` : JSON.stringify(own);
    const reply = `{"request_id":${JSON.stringify(frame.request_id)},"type":"${frame.type}","ok":true,"result":${result}}`;
    return {
      refused: false,
      reply,
      revision,
      connectionId,
      challenge,
      role: payload.role,
      device: payload.device,
      deviceDer,
      capabilities: payload.capabilities,
      extensions,
      resumeCursor: mutual ? payload.resume?.cursor : undefined,
      facts: mutual
        ? {
            revision,
            connectionId,
            deviceId: payload.device.device_id,
            gatewayId: gateway.gateway_id,
            initSha256: crypto.digest(text),
            resultSha256: crypto.digest(reply),
          }
        : undefined,
    };
  }

  /** What the result of `connect.init` says of the agreement. */
  function agreed(revision: number, extensions: readonly string[]) {
    const listed = extensions.map((id) => ({ id, hash: hashOf(id, revision) }));
    return {
      protocol_rev: revision,
      contract_hash: contract.hashes[revision],
      ...(listed.length > 0 ? { extensions: listed } : {}),
    };
  }

  async function proof(text: string, initialised: Initialised): Promise<Proven | Refusal> {
    const frame = read(text, 'connect.proof', initialised.revision);
    if ('refused' in frame) return frame;
    const payload = shaped<{ connection_id: string; proof: string }>(proofPayload, frame);
    if ('refused' in payload) return payload;
    const signature = fromBase64Url(payload.proof);
    const { facts, connectionId, role, challenge, device } = initialised;
    const transcript =
      facts === undefined
        ? transcriptAt2({ role, deviceId: device.device_id, connectionId, challenge })
        : peerTranscript(facts);
    const holds =
      payload.connection_id === connectionId &&
      signature !== undefined &&
      (await crypto.verify(initialised.deviceDer, transcript, signature));
    if (!holds) return refuse('invalid_proof', 'the proof does not fit this connection and this device');
    const gatewayProof =
      facts === undefined
        ? undefined
        : toBase64Url(await signer.sign(gatewayTranscript(facts, crypto.digest(payload.proof))));
    return { refused: false, requestId: frame.request_id, gatewayProof };
  }

  /** The DER of the key, or what is wrong with it or with the id, as far as they are there to be judged. */
  function judgeDevice(payload: unknown): Uint8Array | string | undefined {
    const device = (payload as { device?: unknown }).device;
    if (typeof device !== 'object' || device === null) return undefined;
    const { device_id, pubkey } = device as Record<string, unknown>;
    if (typeof pubkey !== 'string') return undefined;
    const der = publicKeyDer(pubkey);
    if (der === undefined) return 'the key is not an Ed25519 key in its canonical form';
    if (typeof device_id !== 'string' || deviceIdFrom(crypto.sha256(der)) === device_id) return der;
    return 'the device id is not that of the key';
  }

  function hashOf(extension: string, revision: number): string | undefined {
    return contract.extensions.find(({ id }) => id === extension)?.hashes[revision];
  }

  return { init, proof };
}

/** The id that a gateway with this key proves. */
export function gatewayIdOf(crypto: Crypto, signer: Signer): string {
  const der = publicKeyDer(signer.publicKey);
  if (der === undefined) throw new TypeError('the gateway key is not an Ed25519 key in its canonical form');
  return gatewayIdFrom(crypto.sha256(der));
}

function refuse(close: CloseName, reason: string): Refusal {
  return { refused: true, close, reason };
}

/** The payload as its schema has it, or what is wrong with it. */
function shaped<Payload extends object>(schema: Schema, frame: RequestFrame): Payload | Refusal {
  const reading = readAs(schema, frame.payload, 'payload');
  if (reading.fits) return reading.value as Payload;
  const [issue] = reading.issues;
  return refuse('bad_handshake', issue === undefined ? 'another shape' : describeIssue(shortened(issue)));
}
