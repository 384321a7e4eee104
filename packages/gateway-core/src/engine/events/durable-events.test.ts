import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

const told = (lamp: string, more = {}) => ({ type: 'lamp.told', payload: { lamp }, ...more });

function ids(peer: RawPeer, type = 'note.written'): unknown[] {
  return peer.events(type).map(({ payload }) => payload?.id);
}

/** Whether each event names the cursor before it, from the proof result on. */
function chained(peer: RawPeer): boolean {
  let before = peer.frames.find(({ result }) => result?.cursor !== undefined)?.result?.cursor;
  for (const { cursor, prev } of peer.events()) {
    if (cursor === undefined) continue;
    if (prev !== before) return false;
    before = cursor;
  }
  return true;
}

describe('the durable events of a tenant', () => {
  it('come in the order of their commits, to every connection [EV-1]', async () => {
    const world = await createWorld();
    const peers = [await world.connect(), await world.connect(), await world.connect({ revision: 2 })];
    const writers = [await world.connect(), await world.connect()];

    for (let round = 0; round < 50; round += 1) {
      for (const writer of writers) writer.ask('note.write', { id: `n${round}`, text: writer.device.id });
      if (round % 7 === 0) await settle();
    }
    await settle();

    const log = (await world.store.log.read('acme', 0, 1_000)).map(({ eventId }) => eventId);
    expect(log).toHaveLength(100);
    for (const peer of peers) expect(peer.events('note.written').map(({ event_id }) => event_id)).toEqual(log);
  });

  it('carry a cursor, and as prev the one before it, from the proof result on [EV-6]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    await world.append(told('a'), { type: 'note.sealed', payload: { id: 'a' } }, told('b'));
    await world.ask(peer, 'note.write', { id: 'a', text: 'x' });

    expect(peer.events().filter(({ cursor }) => cursor !== undefined)).toHaveLength(4);
    expect(chained(peer)).toBe(true);
  });

  it('skip what is not for the peer without breaking its chain [EV-6] [AZ-4]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ grant: { scopes: ['operator.read'] } });

    await world.append(
      told('a'),
      { type: 'note.sealed', payload: { id: 'a' } },
      told('b', { deviceId: 'dev_x' }),
      told('c'),
    );

    expect(peer.events().map(({ payload }) => payload?.lamp)).toEqual(['a', 'c']);
    expect(chained(peer)).toBe(true);
  });

  it('keep their event_id every time they are sent, to whomever [EV-3]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    const old = await world.connect({ revision: 2 });
    await world.append(
      { type: 'note.written', payload: { id: 'a', text: '' } },
      { type: 'note.erased', payload: { id: 'a' } },
    );

    const again = await world.connect({ device, resume: peer.frames[1]?.result?.cursor as string });
    const crashed = await world.crash();
    const later = await crashed.connect({ device, resume: peer.frames[1]?.result?.cursor as string });

    const first = peer.events().map(({ event_id }) => event_id);
    expect(new Set(first).size).toBe(2);
    expect(again.events().map(({ event_id }) => event_id)).toEqual(first);
    expect(later.events().map(({ event_id }) => event_id)).toEqual(first);
    // The cast says the second one in two: the last of them keeps the name, the other has one that it always has.
    expect(old.events().map(({ event_id }) => event_id)).toEqual([first[0], `${first[1]}-0`, first[1]]);
  });

  it('hold their time, their scope and their payload as they were written [EV-3]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const occurred_at = new Date(world.clock.now()).toISOString();

    await world.append(told('a', { scope: { kind: 'turn', turn_id: 't' } }));

    expect(peer.last).toMatchObject({
      type: 'lamp.told',
      occurred_at,
      scope: { kind: 'turn', turn_id: 't' },
      payload: { lamp: 'a' },
    });
  });
});

describe('an event that is not durable', () => {
  it('carries neither cursor nor prev [EV-4]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    peer.sendText('not JSON');
    await world.ask(peer, 'note.write', { id: 'a', text: 'x' });
    world.gateway.peers.find('acme', peer.device.id)?.sendDirect('error', { code: 'x', message: 'y' });
    void world.gateway.drain();
    await settle();

    const passing = peer.events().filter(({ type }) => type !== 'note.written');
    expect(passing.map(({ type }) => type)).toEqual(['error', 'note.typed', 'error', 'gateway.draining']);
    for (const event of passing) {
      expect(event).not.toHaveProperty('cursor');
      expect(event).not.toHaveProperty('prev');
    }
  });

  it('is not sent when the transaction that emitted it fails [EV-2]', async () => {
    const world = await createWorld({
      handlers: {
        'note.rename': async (_payload, { events }) => {
          (events.emit as (...event: unknown[]) => void)('note.typed', { id: 'a', text: 'x' });
          await (events.append as (...event: unknown[]) => Promise<void>)('note.written', { id: 'a', text: 'x' });
          throw new Error('after the events');
        },
      },
    });
    const peer = await world.connect();

    await world.ask(peer, 'note.rename', { id: 'a' });

    expect(peer.events()).toEqual([]);
  });
});

describe('an event of one device', () => {
  it('goes to the node that its scope names, and to nobody else [EV-7]', async () => {
    const world = await createWorld();
    const node = await world.connect({ role: 'node' });
    const others = [await world.connect({ role: 'node' }), await world.connect(), await world.connect({ revision: 2 })];
    const twin = await world.connect({ device: node.device });

    await world.append(told('a', { scope: { kind: 'node', node_id: node.device.id } }));

    expect(node.last).toMatchObject({ type: 'lamp.told', scope: { kind: 'node', node_id: node.device.id } });
    expect(twin.events()).toHaveLength(1);
    for (const other of others) expect(other.events()).toEqual([]);
  });

  it('goes to the device of the client that its scope names, and to nobody else [EV-7]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const other = await world.connect();
    const scope = { kind: 'client', client_id: peer.frames[0]?.result?.connection_id as string } as const;

    await world.append(told('a', { scope, deviceId: peer.device.id }));

    expect(peer.last).toMatchObject({ scope });
    expect(other.events()).toEqual([]);
  });

  it('is not written when its scope is a client and nobody says whose device that is [EV-7]', async () => {
    const world = await createWorld();

    await expect(world.append(told('a', { scope: { kind: 'client', client_id: 'c' } }))).rejects.toThrow(
      'name the device',
    );
  });

  it('is not written when its scope is one node and its addressee another [EV-7]', async () => {
    const world = await createWorld();

    await expect(
      world.append(told('a', { scope: { kind: 'node', node_id: 'dev_a' }, deviceId: 'dev_b' })),
    ).rejects.toThrow('cannot go to dev_b');
  });
});

describe('a peer at revision 2', () => {
  it('gets the same events live, in its own words and without the keys of revision 3 [EV-8] [RV-3]', async () => {
    const world = await createWorld();
    await world.appendNotes(1, 3);
    const peer = await world.connect({ revision: 2 });
    await world.append({ type: 'note.written', payload: { id: 'a', text: 'x', etag: 'v1' } });

    expect(peer.events()).toHaveLength(1);
    expect(Object.keys(peer.last)).toEqual(['event_id', 'type', 'occurred_at', 'payload']);
    expect(peer.last.payload).toEqual({ id: 'a', text: 'x' });
  });

  it('gets nothing replayed when it comes back [EV-8]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ revision: 2, device });
    peer.channel.lose();
    await world.appendNotes(1, 3);

    const again = await world.connect({ revision: 2, device });
    await world.appendNotes(4, 4);

    expect(ids(again)).toEqual(['n4']);
  });

  it('gets of an ephemeral event that has another name there only what it may see under both [EV-8] [AZ-4]', async () => {
    const world = await createWorld();
    const both = await world.connect({ revision: 2 });
    const admin = await world.connect({ revision: 2, grant: { scopes: ['operator.admin'] } });
    const reader = await world.connect({ revision: 2, grant: { scopes: ['operator.read'] } });

    (world.gateway.events.emit as (...event: unknown[]) => void)('acme', 'note.fading', { id: 'a' });

    expect(both.events().map(({ type }) => type)).toEqual(['note.paling']);
    expect([...admin.events(), ...reader.events()]).toEqual([]);
  });

  it('gets of an event that became several those that it may see, each judged by itself [EV-8] [AZ-4]', async () => {
    const world = await createWorld();
    const reader = await world.connect({ revision: 2, grant: { scopes: ['operator.read'] } });
    const both = await world.connect({ revision: 2 });
    const admin = await world.connect({ revision: 2, grant: { scopes: ['operator.admin'] } });
    const node = await world.connect({ revision: 2, role: 'node' });

    await world.append({ type: 'note.erased', payload: { id: 'a' } });

    expect(reader.events().map(({ type }) => type)).toEqual(['note.dropped']);
    expect(both.events().map(({ type }) => type)).toEqual(['note.dropped', 'note.audited']);
    // Who may not see the event itself sees nothing that it became.
    expect(admin.events()).toEqual([]);
    expect(node.events()).toEqual([]);
  });
});
