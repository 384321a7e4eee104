import { afterEach, describe, expect, it } from 'vitest';
import { probe } from '../../testing/probe-contract.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

const hash = probe.extensions[0]?.hashes[3] ?? '';
const stickers = { id: 'stickers', hash };
const wrong = { id: 'stickers', hash: 'A'.repeat(43) };

describe('an extension', () => {
  it.each([
    ['equal on both sides', [stickers], [stickers]],
    ['of another hash', [wrong], undefined],
    ['of another id', [{ ...stickers, id: 'stickers2' }], undefined],
    ['named like a prototype', [{ ...stickers, id: '__proto__' }], undefined],
    ['equal beside a wrong one', [wrong, stickers], [stickers]],
    ['not offered', [], undefined],
  ])('that is %s is agreed on or not, case %# [RV-10]', async (_what, extensions, agreed) => {
    const world = await createWorld();

    const peer = await world.connect({ extensions });

    expect(peer.frames[0]?.result?.extensions).toEqual(agreed);
  });

  it('that was agreed is served, and its events are sent [RV-10]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ extensions: [stickers] });

    const answer = await world.ask(peer, 'sticker.put', { id: 'a' });

    expect(answer.ok).toBe(true);
    expect(peer.events('sticker.stuck')).toHaveLength(1);
  });

  it.each([2, 3] as const)('that was not agreed does not exist for a peer at revision %i [RV-11]', async (revision) => {
    const world = await createWorld();
    const knows = await world.connect({ extensions: [stickers] });
    const peer = await world.connect({ revision });

    const answer = await world.ask(peer, 'sticker.put', { id: 'a' });
    await world.ask(knows, 'sticker.put', { id: 'a' });

    expect(answer.error?.code).toBe('unsupported_operation');
    expect(answer.error).not.toHaveProperty('details');
    expect(knows.events()).toHaveLength(1);
    expect(peer.events()).toEqual([]);
  });

  it('cannot be agreed at revision 2, whose result could not say so [RV-10] [RV-3]', async () => {
    const world = await createWorld();
    const agreeing = { protocol_rev: 2, protocol_revs: [2], contract_hash: probe.hashes[2] };
    const at2 = probe.extensions[0]?.hashes[2] ?? '';

    const peer = await world.connect({ payload: agreeing, extensions: [{ id: 'stickers', hash: at2 }] });
    const answer = await world.ask(peer, 'sticker.put', { id: 'a' });

    expect(answer.error?.code).toBe('unsupported_operation');
  });

  it('that was not agreed is not asked of a peer either [RV-11]', async () => {
    const world = await createWorld();
    await world.connect();
    const peer = await world.connect({ extensions: [stickers] });
    const [without, having] = [...world.gateway.peers.all()];

    await expect(without?.request('sticker.show', { id: 'a' })).rejects.toMatchObject({
      code: 'unsupported_operation',
    });
    const shown = having?.request('sticker.show', { id: 'a' });
    peer.answer(peer.last, { ok: true });

    expect(await shown).toBeUndefined();
  });
});
