import { defineEvent, tyrum } from '@tyrum/contracts';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { gatewayKey } from '../../test/keys.ts';
import { createWorld, ENTRIES, settled } from '../../test/world.ts';
import { ClientError, createClient, createMemoryStorage } from '../index.ts';

describe.each(ENTRIES)('the handshake at revision 3 ($entry)', ({ createWorld }) => {
  test('proves the device over both frames, byte for byte [PF-1] [PF-2]', async () => {
    // The gateway hashes what it sent and received; the odd spacing is lost by whoever writes the frame anew.
    const { client } = await createWorld({
      gatewayOptions: {
        tamper: (type, text) => (type === 'connect.proof' ? text.replace('{"request_id"', '{  "request_id"') : text),
      },
    });

    expect(await client.connect()).toMatchObject({ status: 'open', revision: 3 });
  });

  test('tells who the gateway is, what its answers survive and what became of the events', async () => {
    const { client } = await createWorld();

    expect(await client.connect()).toEqual({
      status: 'open',
      revision: 3,
      connectionId: '00000000-0000-4000-8000-000000000001',
      gateway: { id: gatewayKey().id, trust: 'first_use' },
      durability: 'disk',
      recovery: { outcome: 'fresh' },
    });
  });

  test('is refused by the peer when the init result was changed on its way [PF-1]', async () => {
    const { client } = await createWorld({
      gatewayOptions: { tamper: (type, text) => (type === 'connect.init' ? text.replace('1048576', '1048577') : text) },
    });

    await expect(client.connect()).rejects.toMatchObject({ code: 'refused', closeCode: 4007, mustChange: 'device' });
  });

  test('verifies gateway_proof before it says that it is connected [PF-4]', async () => {
    const { client, gateway, statuses } = await createWorld({
      gatewayOptions: {
        tamper: (type, text) =>
          type === 'connect.proof'
            ? text.replace(/"gateway_proof":"[^"]+"/, `"gateway_proof":"${'A'.repeat(86)}"`)
            : text,
      },
    });

    await expect(client.connect()).rejects.toMatchObject({ code: 'gateway_unproven', mustChange: 'gateway' });
    expect(statuses).toEqual(['connecting', 'stopped']);
    expect(gateway.last.closedBy?.code).toBe(4003);
    expect(gateway.connections).toHaveLength(1);
  });

  test.each(['gateway_proof', 'recovery', 'cursor'])('stops when the proof result lacks %s [PF-5]', async (key) => {
    const without = (text: string) => {
      const frame = JSON.parse(text);
      delete frame.result[key];
      return JSON.stringify(frame);
    };
    const { client } = await createWorld({
      gatewayOptions: { tamper: (type, text) => (type === 'connect.proof' ? without(text) : text) },
    });

    await expect(client.connect()).rejects.toMatchObject({ code: 'gateway_unproven', mustChange: 'gateway' });
  });

  test('closes when gateway_id is not the one that the key gives, and sends no proof [PF-6]', async () => {
    const { client, gateway } = await createWorld({
      gatewayOptions: {
        tamper: (type, text) => (type === 'connect.init' ? text.replace(gatewayKey().id, gatewayKey(64).id) : text),
      },
    });

    await expect(client.connect()).rejects.toMatchObject({ code: 'gateway_unproven' });
    expect(gateway.last.received).toHaveLength(1);
  });

  test('ends as a contract mismatch when the gateway names another hash [RV-9]', async () => {
    const { client } = await createWorld({
      gatewayOptions: {
        tamper: (type, text) =>
          type === 'connect.init' ? text.replace(String(tyrum.hashes[3]), 'A'.repeat(43)) : text,
      },
    });

    await expect(client.connect()).rejects.toMatchObject({
      code: 'refused',
      mustChange: 'client or gateway',
      details: { revision: 3, expected: tyrum.hashes[3], received: 'A'.repeat(43) },
    });
  });

  test('hands on what the gateway said while its proof was being verified', async () => {
    const { client, gateway } = await createWorld();
    const types: string[] = [];
    client.on('turn.queued', ({ type }) => types.push(type));
    client.on('turn.started', ({ type }) => types.push(type));
    const turn = { turn_id: '00000000-0000-4000-8000-000000000009' };
    client.onState(({ status }) => {
      if (status === 'open') gateway.last.emit('turn.started', turn);
    });
    const tamper = (type: string, text: string) => {
      if (type === 'connect.proof') queueMicrotask(() => gateway.last.emit('turn.queued', turn));
      return text;
    };
    gateway.options = { tamper };

    await client.connect();
    await settled();

    expect(types).toEqual(['turn.queued', 'turn.started']);
  });
});

describe('the offer of a client of every revision', () => {
  test('offers every revision, a fresh nonce and the hash of the contract', async () => {
    const { client, gateway, restart } = await createWorld({ device: { label: 'desk', device_type: 'desktop' } });

    await client.connect();
    await client.close();
    await restart().connect();

    const [first, second] = gateway.connections.map(({ offer }) => offer);
    expect(first).toMatchObject({
      protocol_rev: 3,
      protocol_revs: [2, 3],
      contract_hash: tyrum.hashes[3],
      role: 'client',
      capabilities: [],
      device: { label: 'desk', device_type: 'desktop' },
    });
    expect(first?.client_nonce).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(second?.client_nonce).not.toBe(first?.client_nonce);
  });
});

describe('the handshake at revision 2', () => {
  test('is bare when nothing newer is offered [RV-1]', async () => {
    const { client, gateway } = await createWorld({
      revisions: [2],
      capabilities: [{ id: 'shell.run' }],
      role: 'node',
    });

    expect(await client.connect()).toEqual({ status: 'open', revision: 2, connectionId: expect.any(String) });
    expect(Object.keys(gateway.last.offer)).toEqual(['protocol_rev', 'role', 'device', 'capabilities']);
    expect(gateway.last.offer).toMatchObject({ protocol_rev: 2, capabilities: [{ id: 'shell.run' }] });
  });

  test('is reached by a client of revisions 2 and 3 when the gateway knows no more [RV-6]', async () => {
    const { client, gateway } = await createWorld({ gatewayOptions: { revisions: [2] } });

    expect(await client.connect()).toMatchObject({ status: 'open', revision: 2 });
    expect(gateway.last.offer).toMatchObject({ protocol_rev: 3, protocol_revs: [2, 3] });
  });

  test('signs the transcript of revision 2, and not one of revision 3 [HS-17]', async () => {
    const { client, gateway } = await createWorld({ revisions: [2] });

    await client.connect();

    // The gateway in the test checks the signature over the text of revision 2 and closes with 4007 otherwise.
    expect(gateway.last.open).toBe(true);
  });

  test('is not accepted from a gateway that is pinned, for nobody proves anything there [PF-7]', async () => {
    const { client } = await createWorld({ gatewayPin: gatewayKey().id, gatewayOptions: { revisions: [2] } });

    await expect(client.connect()).rejects.toMatchObject({ code: 'gateway_changed', mustChange: 'trust' });
  });

  test('is not accepted from a gateway that proved itself before [PF-7]', async () => {
    const { client, gateway, restart } = await createWorld({ storage: createMemoryStorage() });
    await client.connect();
    await client.close();
    gateway.options = { revisions: [2] };
    const later = restart();

    await expect(later.connect()).rejects.toMatchObject({ code: 'gateway_changed', mustChange: 'trust' });
    await later.trustGateway(undefined);
    expect(await later.connect()).toMatchObject({ status: 'open', revision: 2 });
  });
});

describe.each(ENTRIES)('agreeing on a revision ($entry)', ({ createWorld }) => {
  test('refuses a revision that was not offered', async () => {
    const { client } = await createWorld({
      revisions: [3],
      gatewayOptions: {
        tamper: (type, text) => (type === 'connect.init' ? text.replace('"protocol_rev":3,', '') : text),
      },
    });

    await expect(client.connect()).rejects.toMatchObject({ code: 'refused', mustChange: 'gateway' });
  });
});

describe('agreeing on a revision that is not there', () => {
  test.each([
    { offers: [2], serves: [3], upgrade: undefined, mustChange: 'client' },
    { offers: [3], serves: [2], upgrade: 'gateway', mustChange: 'gateway' },
  ])(
    'of $offers with $serves stops, says who must change, and does not loop',
    async ({ offers, serves, upgrade, mustChange }) => {
      const { client, gateway, clock } = await createWorld({
        revisions: offers,
        gatewayOptions: { revisions: serves },
      });

      const failure: unknown = await client.connect().catch((error: unknown) => error);
      await clock.advance(3_600_000);

      expect(failure).toMatchObject({ code: 'refused', mustChange });
      expect((failure as ClientError).details).toEqual(
        upgrade === undefined ? undefined : { offered: offers, supported: serves, upgrade },
      );
      expect(gateway.connections).toHaveLength(1);
      expect(client.state).toMatchObject({ status: 'stopped', mustChange });
    },
  );
});

describe("agreeing on a contract of one's own", () => {
  test('reports another contract at the same revision [RV-8]', async () => {
    const { client } = await createWorld({
      contract: { ...tyrum, hashes: { ...tyrum.hashes, 3: 'B'.repeat(43) } },
      gatewayOptions: { contract: tyrum },
    });

    await expect(client.connect()).rejects.toMatchObject({
      code: 'refused',
      mustChange: 'client or gateway',
      details: { revision: 3, expected: tyrum.hashes[3], received: 'B'.repeat(43) },
    });
  });

  test('announces an extension, and hears its events only where it was agreed [RV-10] [RV-11]', async () => {
    const noted = defineEvent({
      type: 'billing.noted',
      summary: 'Something was billed.',
      audience: { roles: ['client'], scopes: [] },
      kept: 'ephemeral',
      since: 3,
      payload: z.object({ cents: z.int() }),
      example: { payload: { cents: 1 } },
    });
    const hash = 'C'.repeat(43);
    const contract = tyrum.extend({
      name: 'com.example.billing',
      modules: { billing: { noted } },
      hashes: { 3: hash },
    });
    const heard = async (gatewayContract: typeof contract | typeof tyrum) => {
      const { client, gateway } = await createWorld<typeof contract>({
        contract,
        gatewayOptions: { contract: gatewayContract },
      });
      const cents: number[] = [];
      client.on('billing.noted', ({ payload }) => cents.push(payload.cents));
      await client.connect();
      gateway.last.emitLive('billing.noted', { cents: 7 });
      await settled();
      return { cents, offered: gateway.last.offer.extensions };
    };

    expect(await heard(contract)).toEqual({ cents: [7], offered: [{ id: 'com.example.billing', hash }] });
    expect(await heard(tyrum)).toEqual({ cents: [], offered: [{ id: 'com.example.billing', hash }] });
  });
});

describe('a client that cannot be configured', () => {
  const base = {
    url: 'ws://gateway.test/ws',
    token: 't',
    identity: { deviceId: 'd', publicKey: 'k', sign: () => new Uint8Array() },
  };

  test.each([
    {
      what: 'a URL of another scheme',
      options: { url: 'http://gateway.test' },
      message: 'url: expected ws: or wss:, not http:',
    },
    {
      what: 'a revision that the contract does not serve',
      options: { revisions: [1] },
      message: 'does not serve revision 1',
    },
    { what: 'no revision', options: { revisions: [] }, message: 'revisions: expected one at least' },
    {
      what: 'a contract without a hash',
      options: { contract: { ...tyrum, hashes: {} } },
      message: 'has no hash for revision 3',
    },
    {
      what: 'an extension without a hash',
      options: { contract: tyrum.extend({ name: 'com.example.x', modules: {} }) },
      message: 'extension com.example.x has no hash for revision 3',
    },
    { what: 'a pin that nobody can prove', options: { revisions: [2], gatewayPin: 'gw_x' }, message: 'gatewayPin' },
  ])('says so for $what', ({ options, message }) => {
    const make = () => createClient({ ...base, ...options });

    expect(make).toThrow(ClientError);
    expect(make).toThrow(message);
  });

  test('needs no hash for revision 2 alone', () => {
    const client = createClient({ ...base, revisions: [2], contract: { ...tyrum, hashes: {} } });

    expect(client.state).toEqual({ status: 'idle' });
  });
});
