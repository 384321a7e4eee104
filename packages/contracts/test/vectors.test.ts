import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mustFit } from '../src/define/read-as.ts';
import { decodeFrame } from '../src/frames/decode.ts';
import { agree, type Offer, type Served } from '../src/handshake/agreement.ts';
import { deviceIdFrom, gatewayIdFrom, publicKeyDer } from '../src/handshake/identity.ts';
import { gatewayTranscript, peerTranscript, transcriptAt2 } from '../src/handshake/transcript.ts';
import { ProtocolError } from '../src/protocol-error.ts';
import { canonicalJson } from '../src/runtime/canonical-json.ts';
import { afterClose } from '../src/tables/close-codes.ts';
import { tyrum } from '../src/tyrum.ts';

const directory = new URL('../vectors/', import.meta.url);
const read = <Vectors>(name: string): Vectors => JSON.parse(readFileSync(new URL(name, directory), 'utf8'));
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes);
const digest = (text: string) => sha256(text).digest('base64url');

interface Identity {
  readonly private_key_hex: string;
  readonly pubkey: string;
  readonly device_id: string;
  readonly gateway_id: string;
}
const identity = read<{ accepted: Identity[]; refused: { why: string; pubkey: string }[] }>('identity.json');

describe('the vectors of identity.json', () => {
  it.each(identity.accepted)('give $device_id [HS-13]', ({ private_key_hex, pubkey, device_id, gateway_id }) => {
    const der = publicKeyDer(pubkey) ?? new Uint8Array();
    expect(createPublicKey(privateKey(private_key_hex)).export({ format: 'der', type: 'spki' })).toEqual(
      Buffer.from(der),
    );
    expect([deviceIdFrom(sha256(der).digest()), gatewayIdFrom(sha256(der).digest())]).toEqual([device_id, gateway_id]);
  });

  it.each(identity.refused)('refuse $why [HS-11] [HS-12]', ({ pubkey }) => {
    expect(publicKeyDer(pubkey)).toBeUndefined();
  });
});

interface TranscriptCase {
  readonly name: string;
  readonly signer: 'device' | 'gateway';
  readonly facts: Record<'role' | 'device_id' | 'connection_id' | 'challenge' | 'gateway_id', string> & {
    readonly revision?: number;
    readonly init_text: string;
    readonly result_text: string;
    readonly proof?: string;
  };
  readonly transcript: string;
  readonly signature: string;
  readonly wrong: readonly { readonly why: string; readonly signature: string }[];
}

describe('the vectors of transcripts.json', () => {
  const { cases } = read<{ cases: TranscriptCase[] }>('transcripts.json');

  it.each(cases)('are signed as $name [HS-17]', ({ signer, facts, transcript, signature, wrong }) => {
    const key = privateKey(identity.accepted[signer === 'device' ? 0 : 1]?.private_key_hex ?? '');
    const accepts = (text: string) =>
      verify(null, Buffer.from(transcript), createPublicKey(key), Buffer.from(text, 'base64url'));

    expect(transcriptOf(facts)).toBe(transcript);
    expect(sign(null, Buffer.from(transcript), key).toString('base64url')).toBe(signature);
    expect(accepts(signature)).toBe(true);
    expect(wrong.filter((one) => accepts(one.signature)).map(({ why }) => why)).toEqual([]);
    expect(wrong.length).toBeGreaterThan(3);
  });
});

describe('the vectors of canonical-json.json', () => {
  const { cases } = read<{ cases: { json: string; canonical: string; sha256: string }[] }>('canonical-json.json');

  it.each(cases)('write $json as one text', ({ json, canonical, sha256: hash }) => {
    expect(canonicalJson(JSON.parse(json))).toBe(canonical);
    expect(digest(canonical)).toBe(hash);
  });
});

interface FrameCase {
  readonly name: string;
  readonly frame: string;
  readonly revision: number;
  readonly unknown_keys: 'refuse' | 'drop';
  readonly kind: string;
  readonly path?: readonly string[];
  readonly request_id?: string;
  readonly response_to?: string;
}

describe('the vectors of frames.json', () => {
  const { cases } = read<{ cases: FrameCase[] }>('frames.json');

  it.each(cases)('hold $name, which is $kind [FR-2] [FR-3] [FR-7]', (one) => {
    const decoded = decodeFrame(one.frame, { revision: one.revision, unknownKeys: one.unknown_keys });

    expect(decoded.kind).toBe(one.kind);
    if (decoded.kind !== 'malformed') return;
    expect(decoded.issue.path).toEqual(one.path);
    expect([decoded.request_id, decoded.response_to]).toEqual([one.request_id, one.response_to]);
  });
});

describe('the vectors of agreement.json', () => {
  const { cases } = read<{ cases: { offer: Offer; served: Served; expected: unknown }[] }>('agreement.json');

  it.each(cases)('end $offer as $expected.outcome [RV-6] [RV-7] [RV-8] [RV-10]', ({ offer, served, expected }) => {
    expect(agree(offer, served)).toEqual(expected);
  });
});

describe('the vectors of close-codes.json', () => {
  it.each(read<{ cases: { code: number; then: string }[] }>('close-codes.json').cases)('$then at $code', (one) => {
    expect(afterClose(one.code)).toBe(one.then);
  });
});

interface Casts {
  readonly send: readonly {
    readonly at2: unknown;
    readonly at3?: unknown;
    readonly refused?: { readonly code: string; readonly path: readonly string[] };
  }[];
  readonly send_result: { readonly at3: unknown; readonly at2: unknown };
  readonly events: readonly {
    readonly type: string;
    readonly payload: unknown;
    readonly at2: readonly { readonly type: string; readonly payload: unknown; readonly device_id?: string }[];
  }[];
  readonly refusals: readonly {
    readonly type: string;
    readonly at3: { readonly code: string; readonly details?: unknown };
    readonly at2: { readonly result: unknown } | null;
  }[];
}

describe('the vectors of casts.json', () => {
  const { send, send_result, events } = read<Casts>('casts.json');
  const view = tyrum.at(2).requests.get('conversation.send');

  it.each(send)('lead $at2 up, or refuse it [RV-15]', ({ at2, at3, refused }) => {
    let said: unknown;
    try {
      said = view?.up(mustFit(view.payload, at2, 'payload'));
    } catch (error) {
      if (!ProtocolError.is(error)) throw error;
      expect(error).toMatchObject({ code: refused?.code, details: { issues: [{ path: refused?.path }] } });
      return;
    }
    expect(said).toEqual(at3);
  });

  it('lead the result down [RV-16]', () => {
    expect(view?.down(send_result.at3)).toEqual(send_result.at2);
  });

  it.each(events)('say $type in the words of revision 2 [EV-8] [EV-9]', ({ type, payload, at2 }) => {
    const words = tyrum.at(2).sayEvent(type, payload);

    expect(words.map(({ deviceId, ...word }) => (deviceId ? { ...word, device_id: deviceId } : word))).toEqual(at2);
  });
});

describe('the refusals in the vectors of casts.json', () => {
  const { refusals } = read<Casts>('casts.json');

  it.each(refusals)('of $type with $at3.code are $at2 at revision 2 [RQ-24]', ({ type, at3, at2 }) => {
    const { code, details } = at3;

    expect(tyrum.at(2).requests.get(type)?.downError({ code, details }) ?? null).toEqual(at2);
  });
});

describe('the vectors', () => {
  it('are all named in their README', () => {
    const named = [...readFileSync(new URL('README.md', directory), 'utf8').matchAll(/^\| `(.+?)`/gm)];

    expect([...new Set(named.map(([, name]) => name))].sort()).toEqual(
      readdirSync(directory).filter((name) => name !== 'README.md'),
    );
  });
});

function privateKey(hex: string) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from(hex, 'hex')]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function transcriptOf(facts: TranscriptCase['facts']): string {
  const { role, challenge, revision, proof } = facts;
  const ids = { deviceId: facts.device_id, connectionId: facts.connection_id, gatewayId: facts.gateway_id };
  if (revision === undefined) return transcriptAt2({ ...ids, role, challenge });
  const mutual = {
    ...ids,
    revision,
    initSha256: digest(facts.init_text),
    resultSha256: digest(facts.result_text),
  };
  return proof === undefined ? peerTranscript(mutual) : gatewayTranscript(mutual, digest(proof));
}
