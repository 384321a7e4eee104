import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';
import { narrowTo } from './subscription.ts';

afterEach(endWorlds);

const turn = { kind: 'turn', turn_id: 't' } as const;
const events = [
  { type: 'note.written', payload: { id: 'global', text: '' } },
  { type: 'note.written', payload: { id: 'turn', text: '' }, scope: turn },
  { type: 'lamp.told', payload: { lamp: 'other turn' }, scope: { kind: 'turn', turn_id: 'u' } as const },
  { type: 'note.sealed', payload: { id: 'sealed' } },
] as const;

function seen(peer: RawPeer): unknown[] {
  return peer.events().map(({ payload }) => payload?.id ?? payload?.lamp);
}

describe('events.subscribe', () => {
  it.each([
    ['types', { types: ['note.written'] }, ['global', 'turn']],
    ['scopes', { scopes: [turn] }, ['turn']],
    ['the global scope, which is that of an event without one', { scopes: [{ kind: 'global' }] }, ['global', 'sealed']],
    ['both', { types: ['lamp.told'], scopes: [turn] }, []],
    ['nothing', {}, ['global', 'turn', 'other turn', 'sealed']],
    ['an empty list', { types: [] }, []],
    ['a type that nobody knows', { types: ['__proto__'] }, []],
  ])('narrows to %s [EV-10]', async (_what, payload, expected) => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'events.subscribe', payload);
    await world.append(...events);

    expect(answer).toEqual({ request_id: 'r-1', type: 'events.subscribe', ok: true });
    expect(seen(peer)).toEqual(expected);
  });

  it('lets nothing through that would not have been sent without it [EV-10] [AZ-4]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ grant: { scopes: ['operator.read'] } });

    await world.ask(peer, 'events.subscribe', { types: ['note.sealed', 'note.written'] });
    await world.append(...events);

    expect(seen(peer)).toEqual(['global', 'turn']);
  });

  it('takes the place of the one before it, and goes for this connection only [EV-10]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const twin = await world.connect({ device: peer.device });

    await world.ask(peer, 'events.subscribe', { types: ['note.sealed'] });
    await world.ask(peer, 'events.subscribe', { scopes: [turn] });
    await world.append(...events);

    expect(seen(peer)).toEqual(['turn']);
    expect(twin.events()).toHaveLength(4);
  });

  it('narrows ephemeral events too, and neither control nor direct ones [EV-10]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.ask(peer, 'events.subscribe', { types: ['lamp.told'] });

    await world.ask(peer, 'note.write', { id: 'a', text: 'x' });
    peer.sendText('not JSON');
    world.clock.advance(15_000);

    expect(peer.events().map(({ type }) => type)).toEqual(['error', 'events.bookmark']);
  });

  it('leaves the chain whole: prev is the cursor that was sent before [EV-6] [EV-10]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.ask(peer, 'events.subscribe', { types: ['note.sealed'] });

    await world.append(...events, ...events);

    const [first, second] = peer.events();
    expect(first?.prev).toBe(peer.frames[1]?.result?.cursor);
    expect(second?.prev).toBe(first?.cursor);
  });

  it('does not exist at revision 2 [RQ-2]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ revision: 2 });

    expect((await world.ask(peer, 'events.subscribe', {})).error).toMatchObject({
      code: 'unsupported_operation',
      details: { since: 3 },
    });
  });
});

describe('a subscription', () => {
  it('does not mix up a kind and an id that are written together', () => {
    const { wants } = narrowTo(undefined, [{ kind: 'turn', turn_id: 'a b' }]);

    expect(wants('x', { kind: 'turn', id: 'a b' })).toBe(true);
    expect(wants('x', { kind: 'turn', id: 'a' })).toBe(false);
    expect(wants('x', { kind: 'agent', id: 'a b' })).toBe(false);
    expect(wants('x', undefined)).toBe(false);
  });
});
