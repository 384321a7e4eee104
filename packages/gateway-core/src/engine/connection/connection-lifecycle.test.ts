import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { createProbeTokens } from '../../testing/probe-domain.ts';
import { createWorld, endWorlds, type ProbeWorld } from '../../testing/probe-world.ts';
import type { RawPeer } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

const NOTHING = { connections: 0, peers: 0, watchedTokens: 0, tenantLogs: 0 };

function held(world: ProbeWorld) {
  return { ...world.gateway.held() };
}

/** Something that stops until it is let go, and tells when somebody has come to it. */
function createGate() {
  let open = () => {};
  let wait: Promise<void> | undefined;
  return {
    shut() {
      wait = new Promise((resolve) => {
        open = resolve;
      });
    },
    open() {
      wait = undefined;
      open();
    },
    pass: () => wait,
  };
}

/** Brings a new socket to each place where something is awaited, and leaves it there. */
async function stopAt(place: 'the token' | 'the init' | 'the proof' | 'the store' | 'the log' | 'the greeting') {
  const gate = createGate();
  const tokens = createProbeTokens();
  const slowTokens = {
    ...tokens,
    async authenticate(token: string) {
      if (place === 'the token') await gate.pass();
      return tokens.authenticate(token);
    },
  };
  const world = await createWorld({
    tokens: slowTokens,
    faults: {
      beforeCommit: () => (place === 'the store' ? gate.pass() : undefined),
      beforeRead: () => (place === 'the log' ? gate.pass() : undefined),
    },
    greet: () => (place === 'the greeting' ? gate.pass() : undefined),
  });
  const known = await world.connect({ role: 'node' });
  const resume = known.frames[1]?.result?.cursor as string;
  await world.appendNotes(1, 2);
  await world.append({ type: 'lamp.told', payload: { lamp: 'a' } });
  const middle = known.last.cursor ?? resume;
  await world.appendNotes(3, 4);
  known.channel.lose();
  await settle();
  const before = held(world);
  const timers = world.clock.waiting;
  gate.shut();

  const peer = world.dial({ device: known.device, token: tokens.issue({ expiresAt: world.clock.now() + 3_600_000 }) });
  await settle();
  if (place !== 'the token') {
    peer.introduce({ role: 'node', resume: middle });
    await settle();
    if (place !== 'the init') {
      peer.prove();
      if (place !== 'the proof') await settle();
    }
  }
  return { world, peer, gate, before, timers };
}

const PLACES = ['the token', 'the init', 'the proof', 'the store', 'the log', 'the greeting'] as const;
const ENDS: readonly (readonly [string, (world: ProbeWorld, peer: RawPeer) => void])[] = [
  ['is lost', (_world, peer) => peer.channel.lose()],
  ['is closed by the gateway', (_world, peer) => peer.channel.deliverBinary()],
  [
    'is lost twice',
    (_world, peer) => {
      peer.channel.lose();
      peer.connection.closed(1006, '');
    },
  ],
];

describe('a socket that goes while a connection is made', () => {
  for (const place of PLACES) {
    for (const [how, end] of ENDS) {
      it(`leaves nothing behind when it ${how} at ${place}`, async () => {
        const { world, peer, gate, before, timers } = await stopAt(place);
        expect(held(world).connections).toBe(1);
        expect(before).toEqual(NOTHING);

        end(world, peer);
        await settle();
        gate.open();
        await settle();

        expect(held(world)).toEqual(NOTHING);
        expect(world.clock.waiting).toBe(timers);
        // Whoever was greeted is taken leave of, once each; whoever was not is not.
        expect(world.domain.closed).toEqual(world.domain.opened);
        expect(peer.connection.open).toBe(false);
      });
    }
  }

  it.each(PLACES)('and does not go at %s is connected in the end', async (place) => {
    const { world, peer, gate } = await stopAt(place);

    gate.open();
    await settle();
    if (place === 'the token') peer.introduce({ role: 'node' });
    await settle();
    if (place === 'the token' || place === 'the init') peer.prove();
    await settle();

    expect((await world.ask(peer, 'ping', {})).ok).toBe(true);
    expect(held(world)).toEqual({ connections: 1, peers: 1, watchedTokens: 1, tenantLogs: 1 });
  });
});

describe('something that fails while a connection is made', () => {
  it.each([
    ['the tokens cannot be asked', { authenticate: () => Promise.reject(new Error('no store')) }],
    [
      'the tokens fail at once',
      {
        authenticate: () => {
          throw new Error('a bug');
        },
      },
    ],
  ])('closes it with 1013 when %s [CC-1]', async (_what, broken) => {
    const world = await createWorld({ tokens: { ...createProbeTokens(), ...broken } });
    const peer = world.dial();
    await settle();

    expect(peer.closeCode).toBe(1013);
    expect(held(world)).toEqual(NOTHING);
  });

  it('closes it with 1013 when the store cannot be used, and the next one opens when it can again [CC-1]', async () => {
    let broken = false;
    const world = await createWorld({
      faults: {
        beforeCommit() {
          if (broken) throw new Error('disk full');
        },
      },
    });
    broken = true;
    await expect(world.connect()).rejects.toThrow('not connected: 1013');
    expect(held(world)).toEqual(NOTHING);
    broken = false;

    expect((await world.connect()).connection.open).toBe(true);
  });

  it('closes it with 1013 when the domain cannot greet it, and takes leave of it [CC-1]', async () => {
    const world = await createWorld({ greet: () => Promise.reject(new Error('no greeting')) });

    const peer = await world.connect().catch(() => undefined);

    expect(peer).toBeUndefined();
    expect(world.domain.closed).toEqual(world.domain.opened);
    expect(world.domain.opened).toHaveLength(1);
    expect(held(world)).toEqual(NOTHING);
  });
});

describe('many connections', () => {
  it('that come and go leave nothing behind', async () => {
    const world = await createWorld();
    const timers = world.clock.waiting;
    const token = world.tokens.issue({ expiresAt: world.clock.now() + 3_600_000 });
    for (let round = 0; round < 30; round += 1) {
      const peers = [
        await world.connect({ token, grant: { tenant: `t${round}` } }),
        await world.connect({ role: 'node', revision: 2 }),
        world.dial(),
      ];
      await world.appendNotes(1, 1);
      for (const peer of peers) {
        if (round % 2 === 0) peer.channel.lose();
        else peer.channel.deliverBinary();
      }
      await settle();
      expect(held(world)).toEqual(NOTHING);
    }

    expect(world.clock.waiting).toBe(timers);
    expect(world.domain.closed).toHaveLength(60);
  });

  it('that were not reading leave no timer behind', async () => {
    const world = await createWorld();
    const timers = world.clock.waiting;
    const peer = await world.connect();
    peer.channel.stall();
    await world.appendNotes(1, 3);

    peer.channel.lose();
    await settle();

    expect(world.clock.waiting).toBe(timers);
  });

  it('without a token leave nothing behind', async () => {
    const world = await createWorld();

    for (let round = 0; round < 10; round += 1) world.dial({ token: null });
    await settle();

    expect(held(world)).toEqual(NOTHING);
  });
});

describe('a close', () => {
  it('has a reason of 123 bytes at the most, cut between characters [CC-2]', async () => {
    const world = await createWorld();
    const first = await world.connect();
    const second = await world.connect();

    world.gateway.peers.find('acme', first.device.id)?.close(4004, 'é'.repeat(100));
    world.gateway.peers.find('acme', second.device.id)?.close(4004, `a${'🙂'.repeat(40)}`);

    expect(first.closeReason).toBe('é'.repeat(61));
    expect(second.closeReason).toBe(`a${'🙂'.repeat(30)}`);
  });

  it('of a frame with a key of 16,000 letters has a short reason, too [CC-2]', async () => {
    const world = await createWorld();
    const peer = world.dial();

    peer.send({ request_id: '1', type: 'connect.init', payload: {}, ['ü'.repeat(8_000)]: 1 });
    await settle();

    expect(peer.closeCode).toBe(4003);
    expect(new TextEncoder().encode(peer.closeReason).length).toBeLessThanOrEqual(123);
  });

  it('has a code of the table, also where the embedder wants another [CC-1]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const session = world.gateway.peers.find('acme', peer.device.id);

    expect(() => session?.close(1000, 'bye')).toThrow('1000 is not a close code of this protocol');
    expect(peer.closeCode).toBeUndefined();
  });
});
