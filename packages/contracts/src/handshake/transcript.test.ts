import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { gatewayTranscript, peerTranscript, transcriptAt2 } from './transcript.ts';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const privateKey = (first: number) =>
  createPrivateKey({
    key: Buffer.concat([PKCS8, Uint8Array.from({ length: 32 }, (_, at) => first + at)]),
    format: 'der',
    type: 'pkcs8',
  });
const signed = (text: string, key: ReturnType<typeof privateKey>) =>
  sign(null, Buffer.from(text, 'utf8'), key).toString('base64url');
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

const device = privateKey(0x00);
const gateway = privateKey(0x20);

describe('the transcript of revision 2', () => {
  const facts = {
    role: 'client',
    deviceId: 'dev_ubiig7mfa4cyfthxhffqtceeptbrfs4iewnyssez63zdttyxsgsq',
    connectionId: '2f1c9a54-6a0e-4b5e-9a35-7d0f5c2b8e11',
    challenge: 'QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8',
  };

  it('is these bytes, the last line ended too [HS-17]', () => {
    const text = transcriptAt2(facts);

    expect(text).toBe(
      'tyrum-connect-proof\n' +
        'protocol_rev=2\n' +
        'role=client\n' +
        'device_id=dev_ubiig7mfa4cyfthxhffqtceeptbrfs4iewnyssez63zdttyxsgsq\n' +
        'connection_id=2f1c9a54-6a0e-4b5e-9a35-7d0f5c2b8e11\n' +
        'challenge=QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8\n',
    );
    expect(Buffer.byteLength(text)).toBe(219);
  });

  it('signs to the proof of the sample session [HS-17]', () => {
    expect(signed(transcriptAt2(facts), device)).toBe(
      'ABD8Moqh43IDpY1RYERFgaKX4YVg9pScXK-Z8rU2Q-xUytM_b5iHOfQnxAF_8tXAETpndyZ6iiNXSlEnwASoDw',
    );
  });
});

describe('the transcripts of revision 3', () => {
  const init = '{"request_id":"1","type":"connect.init","payload":{"protocol_rev":3}}';
  const result = '{"request_id":"1","type":"connect.init","ok":true,"result":{}}';
  const facts = {
    revision: 3,
    connectionId: 'b8a7d3e2-5c41-4f0b-8e6d-1a2b3c4d5e6f',
    deviceId: 'dev_ubiig7mfa4cyfthxhffqtceeptbrfs4iewnyssez63zdttyxsgsq',
    gatewayId: 'gw_qjgitkuo7ok67e3ctncrswmrfhfm4sw2zgtbqdnlumoo5va6z3ta',
    initSha256: digest(init),
    resultSha256: digest(result),
  };
  const lines =
    'protocol_rev=3\n' +
    'connection_id=b8a7d3e2-5c41-4f0b-8e6d-1a2b3c4d5e6f\n' +
    'device_id=dev_ubiig7mfa4cyfthxhffqtceeptbrfs4iewnyssez63zdttyxsgsq\n' +
    'gateway_id=gw_qjgitkuo7ok67e3ctncrswmrfhfm4sw2zgtbqdnlumoo5va6z3ta\n' +
    `init_sha256=${digest(init)}\n` +
    `result_sha256=${digest(result)}\n`;

  it('are these bytes, for the peer and for the gateway [PF-1] [PF-3]', () => {
    expect(peerTranscript(facts)).toBe(`tyrum-connect-proof-v3\n${lines}`);
    expect(gatewayTranscript(facts, digest('proof'))).toBe(
      `tyrum-gateway-proof-v3\n${lines}proof_sha256=${digest('proof')}\n`,
    );
  });

  it('sign to the proofs of the sample session [PF-1] [PF-3]', () => {
    const sample = {
      ...facts,
      initSha256: 'rhEilflgX64GzgAGyrnQV5ymmiE9I8ratJCJTxhRQL8',
      resultSha256: '16AKz5iEUSd1DFkAjMdncqQixI9F9f3RuHXKWt5ZjOc',
    };

    expect(signed(peerTranscript(sample), device)).toBe(
      'ewTfURzpqX8rVJS8Gczkf1peoBinVb4H5bL2xQoKruAX9rOUhK2eXtzdaZ0q7ieJLHS8-VRdxvXT2fZvb3vjCQ',
    );
    expect(signed(gatewayTranscript(sample, 'kvBZ-HXUSurgeT2qEpaaESSpXVkCslP6YlbB22m8j2c'), gateway)).toBe(
      'DYFNzuXT7QtY0ZW-rAJwEBoCT-Tyfpn5klvN7Ev7AKNeIh11ksg-Bwcba4YTtVcp8Rnpo41hvE_2E4ZD7nKBAA',
    );
  });

  it.each([
    ['the offer', { initSha256: digest(init.replace('3', '2')) }],
    ['the result', { resultSha256: digest(`${result} `) }],
    ['the gateway', { gatewayId: `gw_${'a'.repeat(52)}` }],
    ['the device', { deviceId: `dev_${'a'.repeat(52)}` }],
    ['the connection', { connectionId: '00000000-0000-4000-8000-000000000000' }],
    ['the revision', { revision: 4 }],
  ])('break both proofs when %s was changed on the way [PF-2]', (_what, changed) => {
    const proof = sign(null, Buffer.from(peerTranscript(facts)), device);
    const answer = sign(null, Buffer.from(gatewayTranscript(facts, digest('proof'))), gateway);
    const seen = { ...facts, ...changed };

    expect(verify(null, Buffer.from(peerTranscript(seen)), createPublicKey(device), proof)).toBe(false);
    expect(verify(null, Buffer.from(gatewayTranscript(seen, digest('proof'))), createPublicKey(gateway), answer)).toBe(
      false,
    );
    expect(verify(null, Buffer.from(peerTranscript(facts)), createPublicKey(device), proof)).toBe(true);
  });

  it('do not stand for each other: a peer cannot hand back the signature of the gateway', () => {
    expect(peerTranscript(facts)).not.toBe(gatewayTranscript(facts, ''));
  });
});
