import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeCrypto } from '../../ports/node-crypto.ts';
import { withAnother } from '../../testing/change-transcript.ts';
import { createDevice, sha256Text, verifyText } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

async function initialised() {
  const world = await createWorld();
  const peer = world.dial();
  const initText = peer.introduce();
  await settle();
  const resultText = peer.channel.sent[0] ?? '';
  return { world, peer, initText, resultText, result: peer.last.result as Record<string, never> };
}

describe('the proof of the peer at revision 3', () => {
  it('is its signature of both handshake frames, whole, as they were sent [PF-1] [PF-2]', async () => {
    const { peer, initText, resultText, result } = await initialised();
    const { gateway_id } = result.gateway as unknown as { gateway_id: string };

    peer.prove(
      `tyrum-connect-proof-v3\nprotocol_rev=3\nconnection_id=${result.connection_id}\ndevice_id=${peer.device.id}\ngateway_id=${gateway_id}\n` +
        `init_sha256=${sha256Text(initText)}\nresult_sha256=${sha256Text(resultText)}\n`,
    );
    await settle();

    expect(peer.last.result?.client_id).toBe(result.connection_id);
  });

  it('is taken over the bytes of the init, spaces, key order and letters beyond ASCII included [PF-2]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    const usual = world.dial().introduce();
    const { payload } = JSON.parse(usual);
    const device = { label: 'Büro 🙂', pubkey: peer.device.pubkey, device_id: peer.device.id };
    const text = JSON.stringify(
      { payload: { ...payload, device }, type: 'connect.init', request_id: 'init' },
      undefined,
      1,
    );
    peer.sendText(text);
    await settle();
    const signed = peer.transcript.replace(
      /init_sha256=.*/,
      `init_sha256=${createHash('sha256').update(Buffer.from(text)).digest('base64url')}`,
    );

    peer.prove(signed);
    await settle();

    expect(peer.connection.open).toBe(true);
  });

  it.each([
    [
      'the transcript of revision 2',
      (_text: string, result: Record<string, never>, id: string) =>
        `tyrum-connect-proof\nprotocol_rev=2\nrole=client\ndevice_id=${id}\nconnection_id=${result.connection_id}\nchallenge=${result.challenge}\n`,
    ],
    ["the gateway's first line", (text: string) => text.replace('connect-proof', 'gateway-proof')],
    ['another gateway', (text: string) => text.replace(/gateway_id=gw_./, 'gateway_id=gw_1')],
    ['another init', (text: string) => withAnother('init_sha256', text)],
    ['another result', (text: string) => withAnother('result_sha256', text)],
    ['another revision', (text: string) => text.replace('protocol_rev=3', 'protocol_rev=2')],
    ['another connection', (text: string) => text.replace(/connection_id=./, 'connection_id=_')],
  ])('closes with 4007 and without a word when it signs %s [PF-1] [HS-9]', async (_what, change) => {
    const { peer, result } = await initialised();

    peer.prove(change(peer.transcript, result, peer.device.id));
    await settle();

    expect(peer.closeCode).toBe(4007);
    expect(peer.frames).toHaveLength(1);
  });

  it('cannot be used on another connection [PF-1]', async () => {
    const { world, peer } = await initialised();
    const again = world.dial({ device: peer.device });
    again.introduce();
    await settle();

    again.prove(peer.transcript);
    await settle();

    expect(again.closeCode).toBe(4007);
  });
});

describe('the proof of the gateway', () => {
  it("signs the same facts and the peer's proof with the key that it named [PF-3] [RV-13]", async () => {
    const { world, peer, result } = await initialised();
    const gateway = result.gateway as unknown as { gateway_id: string; pubkey: string };
    const proofText = peer.prove();
    await settle();

    const { proof } = JSON.parse(proofText).payload;
    const text = `${peer.transcript.replace('tyrum-connect-proof-v3', 'tyrum-gateway-proof-v3')}proof_sha256=${sha256Text(proof)}\n`;
    const der = Buffer.from(gateway.pubkey, 'base64url');
    const signature = Buffer.from(peer.last.result?.gateway_proof as string, 'base64url');
    expect(der).toHaveLength(44);
    expect(verifyText(der, text, signature)).toBe(true);
    expect(verifyText(der, text.replace('v3', 'v2'), signature)).toBe(false);
    expect(gateway.gateway_id).toBe(`gw_${base32(createHash('sha256').update(der).digest())}`);
    expect(world.gateway.gatewayId).toBe(gateway.gateway_id);
  });

  it('stands in the proof result with recovery and the first cursor, and nothing else is new [PF-5]', async () => {
    const { peer } = await initialised();

    peer.prove();
    await settle();

    expect(Object.keys(peer.last.result ?? {})).toEqual([
      'client_id',
      'device_id',
      'role',
      'gateway_proof',
      'recovery',
      'cursor',
    ]);
    expect(peer.last.result?.recovery).toEqual({ outcome: 'fresh' });
  });
});

describe('the crypto of Node.js', () => {
  it('accepts the same proofs on its thread pool, and nothing else [PF-1] [HS-17]', async () => {
    const device = createDevice();
    const other = createDevice();
    const der = (key: string) => Buffer.from(key, 'base64url');
    const signature = der(device.sign('text'));
    const { verify } = nodeCrypto();

    expect(await verify(der(device.pubkey), 'text', signature)).toBe(true);
    expect(await verify(der(other.pubkey), 'text', signature)).toBe(false);
    expect(await verify(der(device.pubkey), 'texts', signature)).toBe(false);
    expect(await verify(der(device.pubkey), 'text', signature.subarray(1))).toBe(false);
    expect(await verify(Buffer.from('no key'), 'text', signature)).toBe(false);
  });
});

function base32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((group) => 'abcdefghijklmnopqrstuvwxyz234567'.charAt(Number.parseInt(group.padEnd(5, '0'), 2)))
    .join('');
}
