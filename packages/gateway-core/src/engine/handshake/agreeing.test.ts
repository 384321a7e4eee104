import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { probe } from '../../testing/probe-contract.ts';
import { createWorld, endWorlds, type WorldOptions } from '../../testing/probe-world.ts';
import type { Introduction } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

async function introduce(introduction: Introduction, options: WorldOptions = {}) {
  const world = await createWorld(options);
  const peer = world.dial();
  peer.introduce(introduction);
  await settle();
  return peer;
}

const nonce = 'YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8';
const hash = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

describe('a connect.init without protocol_revs', () => {
  it.each([
    ['client_nonce', nonce],
    ['contract_hash', hash],
    ['extensions', []],
    ['resume', { cursor: 'acked' }],
    ['anything', 1],
    ['constructor', {}],
  ])('closes with 4003 when it has the key %s [RV-1]', async (key, value) => {
    const peer = await introduce({ revision: 2, payload: { [key]: value } });

    expect(peer.closeCode).toBe(4003);
    expect(peer.closeReason).toContain(key);
    expect(peer.frames).toEqual([]);
  });

  it('closes with 4003 when it has an idempotency key [RV-1] [FR-7]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    const payload = {
      protocol_rev: 2,
      role: 'client',
      device: { device_id: peer.device.id, pubkey: peer.device.pubkey },
    };

    peer.send({ request_id: '1', type: 'connect.init', payload, idempotency_key: 'a' });
    await settle();

    expect(peer.closeCode).toBe(4003);
  });

  it('may have a request id of 256 characters, and one of another kind not of 129 [FR-3] [RV-1]', async () => {
    const world = await createWorld();
    const old = world.dial();
    const newer = world.dial();
    const payload = {
      protocol_rev: 2,
      role: 'client',
      device: { device_id: old.device.id, pubkey: old.device.pubkey },
    };
    const agreeing = { protocol_revs: [2], client_nonce: nonce, contract_hash: probe.hashes[2] };

    old.send({ request_id: 'x'.repeat(256), type: 'connect.init', payload });
    newer.send({ request_id: 'x'.repeat(129), type: 'connect.init', payload: { ...payload, ...agreeing } });
    await settle();

    expect(old.last.ok).toBe(true);
    expect(newer.closeCode).toBe(4003);
  });

  it.each([1, 4, 99])(
    'closes with 4005 and without a word at revision %i, which is not served [RV-2] [HS-8]',
    async (protocol_rev) => {
      const peer = await introduce({ revision: 2, payload: { protocol_rev } });

      expect(peer.closeCode).toBe(4005);
      expect(peer.frames).toEqual([]);
    },
  );

  it('closes with 4003 at revision 3, which is served and asks for more [RV-2]', async () => {
    const peer = await introduce({ revision: 2, payload: { protocol_rev: 3 } });

    expect(peer.closeCode).toBe(4003);
  });
});

describe('protocol_revs', () => {
  it.each([
    ['empty', [], 3],
    ['17 of them', Array.from({ length: 17 }, (_, at) => at + 1), 17],
    ['descending', [3, 2], 3],
    ['one twice', [2, 2, 3], 3],
    ['not ending in protocol_rev', [2, 3], 4],
    ['with a zero', [0, 3], 3],
    ['with a fraction', [2.5, 3], 3],
    ['with text', ['2', 3], 3],
    ['null', null, 3],
    ['a number', 3, 3],
  ])('that are %s close with 4003 [RV-4]', async (_what, protocol_revs, protocol_rev) => {
    const peer = await introduce({ payload: { protocol_revs, protocol_rev } });

    expect(peer.closeCode).toBe(4003);
    expect(peer.frames).toEqual([]);
  });

  it.each([
    ['no nonce', { client_nonce: undefined }],
    ['a nonce of 31 bytes', { client_nonce: nonce.slice(0, -1) }],
    ['a nonce that is no text', { client_nonce: 7 }],
    ['no contract hash', { contract_hash: undefined }],
    ['a contract hash that is none', { contract_hash: 'abc' }],
    ['neither, and no common revision', { client_nonce: undefined, protocol_revs: [7], protocol_rev: 7 }],
  ])('with %s close with 4003 and without a word [RV-5] [HS-9]', async (_what, payload) => {
    const peer = await introduce({ payload });

    expect(peer.closeCode).toBe(4003);
    expect(peer.frames).toEqual([]);
  });

  it('with a key that no revision has close with 4003 [HS-1]', async () => {
    const peer = await introduce({ payload: { future: true } });

    expect(peer.closeCode).toBe(4003);
  });

  it.each([
    [[2, 3], 3],
    [[2], undefined],
    [[1, 2, 3, 4, 5], 3],
    [[2, 7], undefined],
  ])('%j agree on the highest that both sides have [RV-6]', async (protocol_revs, expected) => {
    const protocol_rev = protocol_revs.at(-1) as number;
    const contract_hash = probe.hashes[protocol_rev] ?? hash;

    const peer = await introduce({ payload: { protocol_revs, protocol_rev, contract_hash } });

    expect(peer.last.result?.protocol_rev).toBe(expected);
    expect(Object.keys(peer.last.result ?? {})).toHaveLength(expected === undefined ? 2 : 7);
  });

  it('from the future may come with keys from the future, which are dropped [RV-6]', async () => {
    const peer = await introduce({
      payload: {
        protocol_revs: [3, 9],
        protocol_rev: 9,
        contract_hash: hash,
        future: { deep: [1] },
        resume: { cursor: 'acked', of: 2 },
      },
    });

    expect(peer.last.result?.protocol_rev).toBe(3);
    peer.prove();
    await settle();
    expect(peer.last.result).toMatchObject({ recovery: { outcome: 'fresh' } });
  });

  it.each([
    [[1], 'client'],
    [[4, 5], 'gateway'],
    [[1, 9], 'gateway'],
  ])(
    '%j have none in common: the answer names the %s, and the close is 4005 [RV-7] [HS-9]',
    async (protocol_revs, upgrade) => {
      const peer = await introduce({ payload: { protocol_revs, protocol_rev: protocol_revs.at(-1) } });

      expect(peer.frames).toHaveLength(1);
      expect(peer.last).toMatchObject({ request_id: 'init', type: 'connect.init', ok: false });
      expect(peer.last.error).toMatchObject({
        code: 'revision_unsupported',
        details: { offered: protocol_revs, supported: [2, 3], upgrade },
      });
      expect(peer.closeCode).toBe(4005);
    },
  );

  it('of another contract are answered with both hashes, and the close is 4005 [RV-8] [HS-9]', async () => {
    const peer = await introduce({ payload: { contract_hash: hash } });

    expect(peer.last.error).toMatchObject({
      code: 'contract_mismatch',
      details: { revision: 3, expected: probe.hashes[3], received: hash },
    });
    expect(peer.closeCode).toBe(4005);
  });

  it('do not fail over the hash of a revision that was not agreed on [RV-8]', async () => {
    const peer = await introduce({ payload: { protocol_revs: [2, 4], protocol_rev: 4, contract_hash: hash } });

    expect(peer.last.ok).toBe(true);
  });
});

describe('the init result of revision 3', () => {
  it('adds the revision, the contract, the gateway, its limits and its durability [RV-12]', async () => {
    const limits = {
      max_in_flight: 7,
      event_window: 9,
      heartbeat_ms: 1_234,
      max_frame_bytes: 70_000,
      stall_ms: 5,
      drain_ms: 6,
    };
    const peer = await introduce({}, { limits });

    expect(peer.last.result).toMatchObject({ protocol_rev: 3, contract_hash: probe.hashes[3], durability: 'memory' });
    expect(peer.last.result?.limits).toEqual({
      max_frame_bytes: 70_000,
      max_in_flight: 7,
      event_window: 9,
      heartbeat_ms: 1_234,
      ledger_window_ms: 86_400_000,
      log_window_ms: 604_800_000,
    });
    expect(peer.last.result).not.toHaveProperty('extensions');
  });
});

describe('a gateway', () => {
  it('does not start with a contract that lacks a hash, nor with an extension that does', async () => {
    const unlocked = probe.extend({ name: 'unlocked', modules: {} });

    await expect(createWorld({ contract: unlocked })).rejects.toThrow('contract unlocked has no hash for revision 2');
  });
});
