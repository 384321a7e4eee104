import { describe, expect, test } from 'vitest';
import { gatewayKey } from '../../test/keys.ts';
import { ENTRIES } from '../../test/world.ts';
import { createMemoryStorage } from '../index.ts';

const first = gatewayKey();
const other = gatewayKey(96);

describe.each(ENTRIES)('trust in a gateway ($entry)', ({ createWorld }) => {
  test('is given on first use, said aloud, and remembered [PF-8]', async () => {
    const told: string[] = [];
    const { client, restart } = await createWorld({
      storage: createMemoryStorage(),
      onGatewayTrusted: (id) => told.push(id),
    });

    const opened = await client.connect();
    await client.close();
    const again = await restart().connect();

    expect(told).toEqual([first.id]);
    expect(opened.gateway).toEqual({ id: first.id, trust: 'first_use' });
    expect(again.gateway).toEqual({ id: first.id, trust: 'remembered' });
  });

  test('is refused to a changed key, also within one process, until it is told otherwise [PF-7]', async () => {
    const { client, gateway, clock } = await createWorld();
    await client.connect();
    gateway.options = { key: other };
    gateway.last.close('restart');
    await clock.advance(60_000);

    expect(client.state).toMatchObject({
      status: 'stopped',
      mustChange: 'trust',
      reason: { code: 'gateway_changed', details: { received: other.id, expected: first.id } },
    });
    expect(gateway.connections).toHaveLength(2);
    // Nothing was proven to the stranger.
    expect(gateway.last.received).toHaveLength(1);

    await client.trustGateway(other.id);
    expect((await client.connect()).gateway).toEqual({ id: other.id, trust: 'remembered' });
  });

  test('belongs to a pinned gateway alone', async () => {
    const { client, restart } = await createWorld({ gatewayPin: other.id });

    await expect(client.connect()).rejects.toMatchObject({ code: 'gateway_changed' });
    const pinned = restart({ gatewayPin: first.id });
    expect((await pinned.connect()).gateway).toEqual({ id: first.id, trust: 'pinned' });
  });

  test('is not given to a gateway that did not prove its key', async () => {
    const storage = createMemoryStorage();
    const { client, gateway, restart } = await createWorld({
      storage,
      gatewayOptions: {
        tamper: (type, text) =>
          type === 'connect.proof'
            ? text.replace(/"gateway_proof":"[^"]+"/, `"gateway_proof":"${'A'.repeat(86)}"`)
            : text,
      },
    });
    await expect(client.connect()).rejects.toMatchObject({ code: 'gateway_unproven' });

    gateway.options = { key: other };
    expect((await restart().connect()).gateway).toEqual({ id: other.id, trust: 'first_use' });
  });
});
