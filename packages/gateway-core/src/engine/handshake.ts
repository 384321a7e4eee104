import {
  agree, type Capability, type CloseName, type Contract, decodeFrame, describeIssue, type Device, deviceIdFrom, fromBase64Url, gatewayIdFrom, gatewayTranscript,
  issuesOf, type Limits, type MutualFacts, peerTranscript, publicKeyDer, type Random, randomText, randomUuid, type RequestFrame, type Role, schemaAt, toBase64Url,
  transcriptAt2, connectInit,
} from '@tyrum/contracts';
import type { Principal } from '../ports/authenticator.ts';
import type { Crypto, Signer } from '../ports/crypto.ts';
import type { Durability } from '../ports/store.ts';

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

interface InitPayload {
  readonly protocol_rev: number;
  readonly protocol_revs?: readonly number[];
  readonly role: Role;
  readonly device: Device;
  readonly capabilities: readonly Capability[];
  readonly client_nonce?: string;
  readonly contract_hash?: string;
  readonly extensions?: readonly { readonly id: string; readonly hash: string }[];
  readonly resume?: { readonly cursor: string };
}

/** The revision that peers speak who know nothing of agreeing on one. */
const BARE_REVISION = 2;

export function createHandshake(options: HandshakeOptions): Handshake {
  const { contract, crypto, signer, random, limits, durability } = options;
  const current = contract.served.at(-1) as number;
  const gateway = { gateway_id: gatewayIdOf(crypto, signer), pubkey: signer.publicKey };
  const digest = (text: string) => toBase64Url(crypto.sha256(text));
  const bareInit = schemaAt(connectInit.payload, BARE_REVISION, 'gateway');
  const newerInit = schemaAt(connectInit.payload, current, 'gateway');
  /** For a peer that speaks a revision younger than this gateway: what it adds is not known here, and not a mistake. */
  const youngerInit = schemaAt(connectInit.payload, current, 'peer');

  function read(text: string, expected: string): RequestFrame | Refusal {
    // Nothing is agreed yet: the envelope is that of the revision which every peer knows.
    const decoded = decodeFrame(text, { revision: BARE_REVISION, unknownKeys: 'refuse' });
    if (decoded.kind === 'malformed') return refuse('bad_handshake', describeIssue(decoded.issue));
    if (decoded.kind !== 'request') return refuse('bad_handshake', `expected the request ${expected}`);
    if (decoded.frame.type === 'connect') return refuse('bad_handshake', 'revision 1 is retired; begin with connect.init');
    if (decoded.frame.type !== expected) return refuse('bad_handshake', `expected the request ${expected}`);
    return decoded.frame;
  }

  function init(text: string, principal: Principal): Initialised | Refusal {
    const frame = read(text, 'connect.init');
    if ('refused' in frame) return frame;
    const offer = readOffer(frame.payload);
    if (offer === undefined) {
      return refuse('bad_handshake', 'payload.protocol_rev: expected an integer from 1 on; protocol_revs ascending, 1 to 16, ending in it');
    }
    const bare = offer.protocol_revs === undefined;
    if (bare && offer.protocol_rev > BARE_REVISION && contract.served.includes(offer.protocol_rev)) {
      return refuse('bad_handshake', `payload.protocol_revs: revision ${offer.protocol_rev} needs it`);
    }

    const agreement = agree(offer, { revisions: contract.served, hashes: contract.hashes, extensions: contract.extensions });
    if (agreement.outcome !== 'agreed') {
      const message =
        agreement.outcome === 'contract_mismatch'
          ? `revision ${agreement.details.revision} is another contract here`
          : `no revision in common; upgrade the ${agreement.details.upgrade}`;
      const refusal = refuse('no_common_revision', message);
      if (bare) return refusal;
      const error = { code: agreement.outcome, message, details: agreement.details, retryable: false };
      return { ...refusal, reply: JSON.stringify({ request_id: frame.request_id, type: frame.type, ok: false, error }) };
    }

    const wrongKey = judgeDevice(frame.payload);
    if (wrongKey !== undefined) return refuse('bad_device', wrongKey);
    const schema = bare ? bareInit : offer.protocol_rev > current ? youngerInit : newerInit;
    const parsed = schema.safeParse(frame.payload);
    if (!parsed.success) {
      const [issue] = issuesOf(parsed.error, 'payload');
      return refuse('bad_handshake', issue === undefined ? 'another shape' : describeIssue(issue));
    }
    const payload = parsed.data as InitPayload;
    const { revision } = agreement;
    if (!bare && (payload.client_nonce === undefined || payload.contract_hash === undefined)) {
      return refuse('bad_handshake', 'payload: protocol_revs needs client_nonce and contract_hash beside it');
    }
    if (principal.deviceId !== undefined && principal.deviceId !== payload.device.device_id) {
      return refuse('device_mismatch', 'the token is bound to another device');
    }
    if (!principal.roles.includes(payload.role)) return refuse('unauthorized', `the token does not allow the role ${payload.role}`);
    return accept(text, frame, payload, revision, agreement.extensions);
  }

  function accept(text: string, frame: RequestFrame, payload: InitPayload, revision: number, extensions: readonly string[]): Initialised {
    const connectionId = randomUuid(random);
    const challenge = randomText(random, 32);
    const mutual = revision > BARE_REVISION;
    const agreedExtensions = (payload.extensions ?? []).filter(({ id }) => extensions.includes(id));
    const result = {
      connection_id: connectionId,
      challenge,
      ...(mutual
        ? {
            protocol_rev: revision,
            contract_hash: contract.hashes[revision],
            ...(agreedExtensions.length > 0 ? { extensions: agreedExtensions } : {}),
            gateway,
            limits,
            durability,
          }
        : {}),
    };
    const reply = JSON.stringify({ request_id: frame.request_id, type: frame.type, ok: true, result });
    return {
      refused: false,
      reply,
      revision,
      connectionId,
      challenge,
      role: payload.role,
      device: payload.device,
      deviceDer: publicKeyDer(payload.device.pubkey) as Uint8Array,
      capabilities: payload.capabilities,
      extensions,
      resumeCursor: mutual ? payload.resume?.cursor : undefined,
      facts: mutual
        ? {
            revision,
            connectionId,
            deviceId: payload.device.device_id,
            gatewayId: gateway.gateway_id,
            initSha256: digest(text),
            resultSha256: digest(reply),
          }
        : undefined,
    };
  }

  async function proof(text: string, initialised: Initialised): Promise<Proven | Refusal> {
    const frame = read(text, 'connect.proof');
    if ('refused' in frame) return frame;
    const view = contract.at(initialised.revision).requests.get('connect.proof');
    const parsed = view?.payload.safeParse(frame.payload);
    if (parsed === undefined || !parsed.success) {
      const [issue] = parsed === undefined ? [] : issuesOf(parsed.error, 'payload');
      return refuse('bad_handshake', issue === undefined ? 'another shape' : describeIssue(issue));
    }
    const payload = parsed.data as { connection_id: string; proof: string };
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
      facts === undefined ? undefined : toBase64Url(await signer.sign(gatewayTranscript(facts, digest(payload.proof))));
    return { refused: false, requestId: frame.request_id, gatewayProof };
  }

  /** What is wrong with the key or the id, if they are there to be judged. */
  function judgeDevice(payload: unknown): string | undefined {
    const device = (payload as { device?: unknown }).device;
    if (typeof device !== 'object' || device === null) return undefined;
    const { device_id, pubkey } = device as Record<string, unknown>;
    if (typeof pubkey !== 'string' || typeof device_id !== 'string') return undefined;
    const der = publicKeyDer(pubkey);
    if (der === undefined) return 'the key is not an Ed25519 key in its canonical form';
    return deviceIdFrom(crypto.sha256(der)) === device_id ? undefined : 'the device id is not that of the key';
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

interface ReadOffer {
  readonly protocol_rev: number;
  readonly protocol_revs: readonly number[] | undefined;
  readonly contract_hash: string | undefined;
  readonly extensions: readonly { readonly id: string; readonly hash: string }[] | undefined;
}

/** The part of `connect.init` that agreement needs; it is read before the rest, whatever the peer's revision made of it. */
function readOffer(payload: unknown): ReadOffer | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { protocol_rev, protocol_revs, contract_hash, extensions } = payload as Record<string, unknown>;
  if (!isRevision(protocol_rev)) return undefined;
  if (protocol_revs !== undefined && !isOfferList(protocol_revs, protocol_rev)) return undefined;
  return {
    protocol_rev,
    protocol_revs: protocol_revs as readonly number[] | undefined,
    contract_hash: typeof contract_hash === 'string' ? contract_hash : undefined,
    extensions: Array.isArray(extensions) ? extensions.filter((entry) => typeof entry === 'object' && entry !== null) : undefined,
  };
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isOfferList(value: unknown, highest: number): boolean {
  return (
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= 16 &&
    value.every((entry, index) => isRevision(entry) && (index === 0 || entry > value[index - 1])) &&
    value.at(-1) === highest
  );
}
