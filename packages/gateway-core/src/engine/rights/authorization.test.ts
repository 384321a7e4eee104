import { SCOPES, type Scope } from '@tyrum/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { probe } from '../../testing/probe-contract.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

describe('a request', () => {
  it('is allowed by exactly the roles and scopes of its definition, alone or with others [AZ-1] [AZ-2]', async () => {
    const world = await createWorld({ limits: { request_burst: 1_000 } });
    const requests = [...probe.at(3).requests.values()].filter(
      ({ definition, extension }) =>
        definition.servedBy === 'handler' && definition.direction !== 'to_peer' && extension === undefined,
    );
    expect(requests.length).toBeGreaterThan(7);

    for (const role of ['client', 'node'] as const) {
      for (const held of [
        [],
        ...SCOPES.map((scope) => [scope]),
        ['operator.read', 'operator.pairing'],
        SCOPES,
      ] as (readonly Scope[])[]) {
        const peer = await world.connect({ role, grant: { scopes: held } });
        for (const { definition } of requests) {
          const { type, roles, scopes, example } = definition;
          const useful =
            role === 'client'
              ? held.filter((scope) => scope !== 'node.paired')
              : held.filter((scope) => scope === 'node.paired');
          const allowed =
            (roles as readonly string[]).includes(role) &&
            (scopes.length === 0 || scopes.some((scope) => (useful as readonly string[]).includes(scope)));

          const answer = await world.ask(peer, type, example?.payload);

          expect([type, role, held, answer.error?.code === 'forbidden']).toEqual([type, role, held, !allowed]);
        }
      }
    }
  });

  it('that is forbidden names what would allow it [AZ-1]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ grant: { scopes: ['operator.admin'] } });
    const node = await world.connect({ role: 'node' });

    const judge = await world.ask(peer, 'note.judge', { id: 'a' });
    const read = await world.ask(node, 'note.read', { id: 'a' });

    expect(judge.error).toMatchObject({
      code: 'forbidden',
      details: { required_scopes: ['operator.approvals', 'operator.pairing'] },
    });
    expect(read.error).toMatchObject({ code: 'forbidden', details: { roles: ['client'] } });
  });
});

describe('a durable event', () => {
  const events = [
    { type: 'note.written', payload: { id: 'a', text: '' }, roles: ['client'], scopes: ['operator.read'] },
    { type: 'note.sealed', payload: { id: 'a' }, roles: ['client'], scopes: ['operator.admin'] },
    { type: 'lamp.told', payload: { lamp: 'a' }, roles: ['client', 'node'], scopes: [] },
  ] as const;

  it.each([2, 3] as const)('goes to exactly its audience at revision %i [AZ-4]', async (revision) => {
    const world = await createWorld();
    const peers = [];
    for (const role of ['client', 'node'] as const) {
      for (const scopes of [[], ...SCOPES.map((scope) => [scope])] as (readonly Scope[])[]) {
        peers.push({ role, scopes, peer: await world.connect({ revision, role, grant: { scopes } }) });
      }
    }

    await world.append(...events);

    for (const { role, scopes, peer } of peers) {
      const expected = events.filter(
        (event) =>
          (event.roles as readonly string[]).includes(role) &&
          (event.scopes.length === 0 || event.scopes.some((scope) => scopes.includes(scope))),
      );
      expect([role, scopes, peer.events().map(({ type }) => type)]).toEqual([
        role,
        scopes,
        expected.map(({ type }) => type),
      ]);
    }
  });

  it('of another tenant is seen by nobody else [AZ-4]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const other = await world.connect({ grant: { tenant: 'other' } });

    await world.append({ tenant: 'other', type: 'note.written', payload: { id: 'a', text: '' } });

    expect(peer.events()).toEqual([]);
    expect(other.events()).toHaveLength(1);
  });
});

describe('an ephemeral event', () => {
  it('goes to exactly its audience [AZ-4]', async () => {
    const world = await createWorld();
    const reader = await world.connect({ grant: { scopes: ['operator.read'] } });
    const writer = await world.connect({ grant: { scopes: ['operator.write'] } });
    const node = await world.connect({ role: 'node' });
    const foreign = await world.connect({ grant: { tenant: 'other' } });

    await world.ask(writer, 'note.write', { id: 'a', text: 'x' });

    expect(reader.events('note.typed')).toHaveLength(1);
    expect([writer, node, foreign].flatMap((peer) => peer.events())).toEqual([]);
  });
});

describe('a secret', () => {
  it('goes to its one addressee and not into the log [AZ-6] [EV-4]', async () => {
    const world = await createWorld();
    const node = await world.connect({ role: 'node' });
    const twin = await world.connect({ role: 'node' });
    const client = await world.connect();

    world.gateway.peers.find('acme', node.device.id)?.sendDirect('lamp.token', { secret: 'key' });
    await settle();

    expect(node.last).toMatchObject({ type: 'lamp.token', payload: { secret: 'key' } });
    expect(Object.keys(node.last)).toEqual(['event_id', 'type', 'occurred_at', 'payload']);
    expect([...twin.events(), ...client.events()]).toEqual([]);
    expect(await world.store.log.read('acme', 0, 10)).toEqual([]);
  });

  it('cannot be written into the log, nor be sent to all [AZ-6]', async () => {
    const world = await createWorld();

    await expect(world.append({ type: 'lamp.token', payload: { secret: 'key' } })).rejects.toThrow('is kept as direct');
    expect(() =>
      (world.gateway.events.emit as (...event: unknown[]) => void)('acme', 'lamp.token', { secret: 'key' }),
    ).toThrow('is kept as direct');
  });
});

describe('the end of a token', () => {
  it('by revocation closes its open connections with 4001, and no others [AZ-7]', async () => {
    const world = await createWorld();
    const token = world.tokens.issue();
    const first = await world.connect({ token });
    const second = await world.connect({ token, revision: 2 });
    const other = await world.connect();

    world.tokens.change(token, undefined);

    expect([first.closeCode, second.closeCode, other.closeCode]).toEqual([4001, 4001, undefined]);
    expect(world.gateway.held().watchedTokens).toBe(1);
  });

  it('by expiry closes its open connections with 4001, not before and within a second after [AZ-7]', async () => {
    const world = await createWorld({ limits: { heartbeat_ms: 86_400_000 * 3 } });
    const expiresAt = world.clock.now() + 90_000_000;
    const peer = await world.connect({ grant: { expiresAt } });

    world.clock.advance(expiresAt - world.clock.now() - 1);
    expect(peer.closeCode).toBeUndefined();
    world.clock.advance(1_000);

    expect(peer.closeCode).toBe(4001);
  });

  it.each([
    [
      'revoked',
      (world: Awaited<ReturnType<typeof createWorld>>, token: string) => world.tokens.change(token, undefined),
    ],
    [
      'narrowed',
      (world: Awaited<ReturnType<typeof createWorld>>, token: string) => world.tokens.change(token, { scopes: [] }),
    ],
    ['expired', (world: Awaited<ReturnType<typeof createWorld>>) => world.clock.advance(5_000)],
  ])('during the handshake closes it: %s [AZ-7] [AZ-8]', async (_how, end) => {
    const world = await createWorld();
    const token = world.tokens.issue({ expiresAt: world.clock.now() + 4_000 });
    const peer = world.dial({ token });
    peer.introduce();
    await settle();

    end(world, token);
    peer.prove();
    await settle();

    expect(peer.closeCode).toBe(4001);
    expect(peer.frames.map(({ type }) => type)).toEqual(['connect.init']);
    expect(world.domain.opened).toEqual([]);
    expect(world.gateway.held()).toEqual({ connections: 0, peers: 0, watchedTokens: 0, tenantLogs: 0 });
  });
});

describe('the narrowing of a token', () => {
  it('lets nothing through any more that it does not allow: the connection is closed [AZ-8]', async () => {
    const world = await createWorld();
    const token = world.tokens.issue({ scopes: ['operator.read', 'operator.write'] });
    const peer = await world.connect({ token });

    world.tokens.change(token, { scopes: ['operator.write'] });
    await world.append({ type: 'note.written', payload: { id: 'a', text: '' } });

    expect(peer.closeCode).toBe(4001);
    expect(peer.events()).toEqual([]);
  });

  it('lets the peer come back at once with what it now has [AZ-8]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const token = world.tokens.issue({ scopes: ['operator.read', 'operator.write'] });
    await world.connect({ token, device });
    world.tokens.change(token, { scopes: ['operator.write'] });

    const again = await world.connect({ token, device });
    await world.append({ type: 'note.written', payload: { id: 'a', text: '' } });

    expect(again.closeCode).toBeUndefined();
    expect((await world.ask(again, 'note.read', { id: 'a' })).error?.code).toBe('forbidden');
    expect(again.events()).toEqual([]);
  });

  it('does not disturb a peer that already came with what the token says now [AZ-8]', async () => {
    const world = await createWorld();
    const token = world.tokens.issue({ scopes: ['operator.write', 'operator.read'] });
    const peer = await world.connect({ token });

    world.tokens.change(token, { scopes: ['operator.read', 'operator.write'] });

    expect(peer.closeCode).toBeUndefined();
  });
});

describe('the scopes of an open connection', () => {
  it('can be changed, for requests and for events alike, and a request that runs keeps those that it came with [AZ-1] [AZ-4]', async () => {
    const seen: boolean[] = [];
    let goOn = () => {};
    const world = await createWorld({
      handlers: {
        'lamp.switch': async (_payload, { caller }) => {
          seen.push(caller.scopes.has('operator.write'));
          await new Promise<void>((resolve) => {
            goOn = resolve;
          });
          seen.push(caller.scopes.has('operator.write'));
          return { lit: true };
        },
      },
    });
    const peer = await world.connect();
    const session = world.gateway.peers.find('acme', peer.device.id);
    const running = peer.ask('lamp.switch', { lamp: 'a' });
    await settle();

    session?.setScopes(['operator.admin', 'node.paired']);
    await world.append(
      { type: 'note.written', payload: { id: 'a', text: '' } },
      { type: 'note.sealed', payload: { id: 'a' } },
    );
    goOn();
    await settle();

    expect([...(session?.scopes ?? [])]).toEqual(['operator.admin']);
    expect(seen).toEqual([true, true]);
    expect(peer.responses(running)[0]?.ok).toBe(true);
    expect(peer.events().map(({ type }) => type)).toEqual(['note.sealed']);
    expect((await world.ask(peer, 'note.read', { id: 'a' })).error?.code).toBe('forbidden');
  });
});
