import { createHash, createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodeFrame, readAs, tyrum } from '@tyrum/contracts';
import { describe, expect, it } from 'vitest';

const protocol = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
const frames = fences(/^```json frame=(\S+)\n([\s\S]*?)\n```$/gm);
const transcripts = fences(/^```text transcript=(\S+)\n([\s\S]*?)\n```$/gm);

const device = publicDer('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f');
const gateway = publicDer('202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f');

/** Made by a cast for revision 2 alone, so the contract has no definition of it to check against. */
const WITHOUT_A_DEFINITION = ['chat.ui-message.stream'];

describe('the sample session of docs/protocol.md', () => {
  it('names the device and the gateway of the keys that it says', () => {
    expect(payload('r2.init').device).toMatchObject({ device_id: idOf('dev_', device), pubkey: base64url(device) });
    expect(result('r3.init.ok').gateway).toEqual({ gateway_id: idOf('gw_', gateway), pubkey: base64url(gateway) });
  });

  it('holds a proof of revision 2 that verifies', () => {
    expect(signed(device, text(transcripts, 'r2'), payload('r2.proof').proof)).toBe(true);
    expect(text(transcripts, 'r2')).toContain(`\nchallenge=${result('r2.init.ok').challenge}\n`);
  });

  it.each(['r3', 'r3b'])('holds proofs of both sides over the bytes of the handshake %s', (name) => {
    const peer = text(transcripts, name);
    const other = text(transcripts, `${name}.gateway`);

    expect(peer).toBe(
      [
        'tyrum-connect-proof-v3',
        'protocol_rev=3',
        `connection_id=${result(`${name}.init.ok`).connection_id}`,
        `device_id=${idOf('dev_', device)}`,
        `gateway_id=${idOf('gw_', gateway)}`,
        `init_sha256=${sha256(frame(`${name}.init`))}`,
        `result_sha256=${sha256(frame(`${name}.init.ok`))}`,
        '',
      ].join('\n'),
    );
    expect(other).toBe(
      `${peer.replace('tyrum-connect-proof-v3', 'tyrum-gateway-proof-v3')}proof_sha256=${sha256(String(payload(`${name}.proof`).proof))}\n`,
    );
    expect(signed(device, peer, payload(`${name}.proof`).proof)).toBe(true);
    expect(signed(gateway, other, result(`${name}.proof.ok`).gateway_proof)).toBe(true);
  });

  it('links every durable event and bookmark to the one before it on its connection', () => {
    for (const [connection, first] of [
      ['r3.', 'r3.proof.ok'],
      ['r3b.', 'r3b.proof.ok'],
    ] as const) {
      let last = result(first).cursor;
      const chained = [...frames.keys()].filter((name) => name.startsWith(connection) && 'prev' in parsed(name));

      expect(chained.length).toBeGreaterThanOrEqual(3);
      for (const name of chained) {
        expect(parsed(name).prev, name).toBe(last);
        last = parsed(name).cursor;
      }
    }
  });

  it('repeats the lost request byte for byte', () => {
    expect(frame('r3b.archive')).toBe(frame('r3.archive'));
  });

  it.each([...frames.keys()])('shows a frame that the contract allows: %s', (name) => {
    const revision = name.startsWith('r2.') || frame(name).includes('"protocol_rev":2') ? 2 : 3;
    const view = tyrum.at(revision);
    const decoded = decodeFrame(frame(name), { revision, unknownKeys: 'refuse' });

    if (decoded.kind === 'malformed') expect.fail(`${decoded.issue.path.join('.')} ${decoded.issue.message}`);
    if (decoded.kind === 'response') {
      const schema = view.requests.get(decoded.frame.type)?.result;
      const value = decoded.frame.ok ? decoded.frame.result : undefined;
      expect(schema === undefined || value === undefined || readAs(schema, value, 'result').fits).toBe(true);
    } else {
      const { type, payload: value } = decoded.frame;
      const schema = (decoded.kind === 'request' ? view.requests : view.events).get(type)?.payload;
      if (schema === undefined) expect(WITHOUT_A_DEFINITION).toContain(type);
      else expect(readAs(schema, value, 'payload').fits).toBe(name !== 'r2.bad');
    }
  });
});

function fences(pattern: RegExp): Map<string, string> {
  return new Map([...protocol.matchAll(pattern)].map(([, name, body]) => [name ?? '', body ?? '']));
}

function frame(name: string): string {
  const found = frames.get(name);
  if (found === undefined) throw new Error(`docs/protocol.md shows no frame ${name}`);
  return found;
}

/** A fence ends before its last line end; the transcript itself has it. */
function text(from: ReadonlyMap<string, string>, name: string): string {
  const found = from.get(name);
  if (found === undefined) throw new Error(`docs/protocol.md shows no transcript ${name}`);
  return `${found}\n`;
}

function parsed(name: string): Record<string, unknown> {
  return JSON.parse(frame(name));
}

function payload(name: string): Record<string, unknown> {
  return parsed(name).payload as Record<string, unknown>;
}

function result(name: string): Record<string, unknown> {
  return parsed(name).result as Record<string, unknown>;
}

function publicDer(seed: string): Buffer {
  const key = createPrivateKey({
    key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'),
    format: 'der',
    type: 'pkcs8',
  });
  return createPublicKey(key).export({ format: 'der', type: 'spki' });
}

function signed(der: Buffer, message: string, signature: unknown): boolean {
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return verify(null, Buffer.from(message), key, Buffer.from(String(signature), 'base64url'));
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url');
}

function sha256(message: string): string {
  return createHash('sha256').update(message).digest('base64url');
}

function idOf(prefix: string, der: Buffer): string {
  const bits = [...createHash('sha256').update(der).digest()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.padEnd(260, '0').match(/.{5}/g) ?? [];
  return prefix + groups.map((group) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number.parseInt(group, 2))).join('');
}
