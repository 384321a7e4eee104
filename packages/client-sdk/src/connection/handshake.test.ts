import { describe, expect, test } from 'vitest';
import { createWorld } from '../../test/world.ts';

describe('the handshake', () => {
  test('opens at revision 3', async () => {
    const { client, gateway } = await createWorld();

    const state = await client.connect();

    expect(state).toMatchObject({ status: 'open', revision: 3, gateway: { trust: 'first_use' } });
    expect(gateway.last.open).toBe(true);
  });
});
