import { describe, expect, it } from 'vitest';
import { createDomainWorld, deviceIdOf, refusal } from '../test-support/domain-world.ts';
import { createFakePeer } from '../test-support/fake-peer.ts';
import { capabilities, pairedNode, reconnect } from '../test-support/pairing-steps.ts';

const approve = { trust_level: 'local', capability_allowlist: capabilities('shell.run') } as const;

describe('a node that connects', () => {
  it('asks to be paired, once, while its request waits [AZ-9]', async () => {
    const world = await createDomainWorld();

    const peer = await world.open({ name: 'drill', label: 'Drill', capabilities: capabilities('shell.run') });
    world.lose(peer);
    world.clock.advance(1000);
    await world.open({ name: 'drill', label: 'Drill', capabilities: capabilities('shell.run') });

    const { pairings } = await world.call('pairing.list', {});
    expect(pairings).toMatchObject([
      {
        pairing_id: 1,
        status: 'awaiting_human',
        node: { node_id: deviceIdOf('drill'), label: 'Drill', last_seen_at: new Date(world.clock.now()).toISOString() },
        capability_allowlist: [],
        latest_review: { state: 'requested_human', reviewer_kind: 'system', target_id: '1' },
      },
    ]);
    expect((await world.events()).map(({ type }) => type)).toEqual(['pairing.updated']);
    expect(peer.scopes.has('node.paired')).toBe(false);
  });

  it('is told of again when what it can do has changed', async () => {
    const world = await createDomainWorld();
    world.lose(await world.open({ name: 'drill', capabilities: capabilities('shell.run') }));

    await world.open({ name: 'drill', capabilities: capabilities('shell.run', 'screen.read') });

    const [, second] = await world.events();
    expect(second?.payload).toMatchObject({
      pairing: { pairing_id: 1, node: { capabilities: capabilities('shell.run', 'screen.read') } },
    });
  });

  it('asks anew after it was denied or revoked [AZ-9]', async () => {
    const world = await createDomainWorld();
    world.lose(await world.open({ name: 'drill', capabilities: capabilities('shell.run') }));
    await world.call('pairing.deny', { pairing_id: 1 });

    world.lose(await world.open({ name: 'drill', capabilities: capabilities('shell.run') }));
    await world.call('pairing.approve', { pairing_id: 2, ...approve });
    await world.call('pairing.revoke', { pairing_id: 2 });
    await world.open({ name: 'drill', capabilities: capabilities('shell.run') });

    const { pairings } = await world.call('pairing.list', {});
    expect(pairings.map(({ pairing_id, status }) => [pairing_id, status])).toEqual([
      [3, 'awaiting_human'],
      [2, 'revoked'],
      [1, 'denied'],
    ]);
  });

  it('is counted by its tenant alone', async () => {
    const world = await createDomainWorld();
    await world.open({ name: 'one' });
    await world.open({ name: 'two', tenant: 'other' });

    const { pairings } = await world.call('pairing.list', {}, { tenant: 'other' });

    expect(pairings.map(({ pairing_id }) => pairing_id)).toEqual([1]);
  });

  it('is approved or denied by a policy that decides, and asked about when it fails', async () => {
    const decisions = { good: 'approve', bad: 'deny' } as const;
    const world = await createDomainWorld({
      pairing(node) {
        const name = node.label as keyof typeof decisions;
        if (!(name in decisions)) throw new Error('no idea');
        return decisions[name];
      },
    });

    const good = await world.open({ name: 'good', label: 'good', capabilities: capabilities('shell.run') });
    world.lose(await world.open({ name: 'bad', label: 'bad' }));
    await world.open({ name: 'bad', label: 'bad' });
    await world.open({ name: 'odd', label: 'odd' });

    const { pairings } = await world.call('pairing.list', {});
    expect(pairings.map(({ node, status }) => [node.label, status])).toEqual([
      ['odd', 'awaiting_human'],
      ['bad', 'denied'],
      ['good', 'approved'],
    ]);
    expect(good.scopes.has('node.paired')).toBe(true);
    expect(good.direct).toHaveLength(1);
    expect(world.logs.some(({ message }) => message.startsWith('the pairing policy failed'))).toBe(true);
  });
});

describe('an approval', () => {
  it('gives the connected node its scope and a token of its own, which is told to nobody else [AZ-10] [AZ-6] [SEC-2]', async () => {
    const world = await createDomainWorld();
    const peer = await world.open({ name: 'drill', capabilities: capabilities('shell.run') });

    const { pairing } = await world.call('pairing.approve', { pairing_id: 1, reason: 'mine', ...approve });

    expect(pairing).toMatchObject({
      status: 'approved',
      trust_level: 'local',
      capability_allowlist: capabilities('shell.run'),
      latest_review: { state: 'approved', reviewer_kind: 'human', reviewer_id: deviceIdOf('operator'), reason: 'mine' },
    });
    expect(pairing.reviews).toHaveLength(2);
    expect(peer.scopes.has('node.paired')).toBe(true);
    const [sent] = peer.direct;
    expect(sent).toMatchObject({ type: 'pairing.updated', payload: { pairing: { status: 'approved' } } });
    const token = sent?.payload.scoped_token as string;
    expect(token).toMatch(/^tyn_[A-Za-z0-9_-]{43}$/);
    expect(await world.domain.authenticator.authenticate(token)).toMatchObject({
      tenant: 'acme',
      roles: ['node'],
      scopes: ['node.paired'],
      deviceId: peer.deviceId,
    });
    const kept = JSON.stringify([world.store.snapshot(), await world.events(), world.logs, pairing]);
    expect(kept).toContain(peer.deviceId);
    expect(kept).not.toContain(token.slice(4));
  });

  it('is remembered: the node that comes back with its token is a paired one', async () => {
    const world = await createDomainWorld();
    world.lose(await pairedNode(world, 'drill'));

    const again = await reconnect(world, 'drill');

    expect(again.scopes.has('node.paired')).toBe(true);
    expect(again.direct).toEqual([]);
    expect((await world.call('pairing.list', {})).pairings).toHaveLength(1);
  });

  it('gives a paired node a new token when it comes with another one, and ends the unused older ones [AZ-11]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const first = peer.direct[0]?.payload.scoped_token as string;
    world.lose(peer);

    const again = await world.open({ name: 'drill', capabilities: capabilities('shell.run') });

    const second = again.direct[0]?.payload.scoped_token as string;
    expect(again.scopes.has('node.paired')).toBe(true);
    expect(second).not.toBe(first);
    expect(await world.domain.authenticator.authenticate(first)).toBeUndefined();
    expect(await world.domain.authenticator.authenticate(second)).toBeDefined();
  });

  it('leaves a token alone that another connection of the node is using', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const token = peer.direct[0]?.payload.scoped_token as string;
    const principal = await world.domain.authenticator.authenticate(token);
    await world.open({ name: 'drill', deviceBound: true, tokenId: principal?.tokenId ?? '', scopes: ['node.paired'] });

    await world.open({ name: 'drill', capabilities: capabilities('shell.run') });

    expect(await world.domain.authenticator.authenticate(token)).toBeDefined();
  });

  it('sends a token to a node that was away as soon as it comes back', async () => {
    const world = await createDomainWorld();
    world.lose(await world.open({ name: 'drill', capabilities: capabilities('shell.run') }));
    await world.call('pairing.approve', { pairing_id: 1, ...approve });

    const again = await world.open({ name: 'drill', capabilities: capabilities('shell.run') });

    expect(again.direct[0]?.payload.scoped_token).toEqual(expect.any(String));
  });

  it('sends nothing over a connection that is lost while the node is recognised', async () => {
    const world = await createDomainWorld();
    world.lose(await pairedNode(world, 'drill'));
    const peer = createFakePeer({
      deviceId: deviceIdOf('drill'),
      connectionId: 'c',
      capabilities: capabilities('shell.run'),
    });

    const greeted = world.domain.peerOpened(peer);
    world.domain.peerClosed(peer);
    await greeted;

    expect(peer.direct).toEqual([]);
    expect(peer.scopes.size).toBe(0);
  });

  it('refuses a capability that the node did not advertise, with its path [ER-3]', async () => {
    const world = await createDomainWorld();
    await world.open({ name: 'drill', capabilities: capabilities('shell.run') });

    const error = await refusal(
      world.call('pairing.approve', {
        pairing_id: 1,
        trust_level: 'local',
        capability_allowlist: capabilities('shell.run', 'screen.read'),
      }),
    );

    expect(error.code).toBe('contract_error');
    expect(error.details).toMatchObject({ issues: [{ path: ['payload', 'capability_allowlist', 1, 'id'] }] });
    expect((await world.call('pairing.list', {})).pairings[0]?.status).toBe('awaiting_human');
  });
});

describe('a decision', () => {
  it('made again is answered with what is; another one is a conflict that shows it', async () => {
    const world = await createDomainWorld();
    await world.open({ name: 'drill', capabilities: capabilities('shell.run', 'screen.read') });
    const first = await world.call('pairing.approve', { pairing_id: 1, ...approve });
    const before = (await world.events()).length;

    expect(await world.call('pairing.approve', { pairing_id: 1, ...approve })).toEqual(first);
    const wider = {
      pairing_id: 1,
      trust_level: 'local',
      capability_allowlist: capabilities('shell.run', 'screen.read'),
    } as const;
    for (const refused of [world.call('pairing.deny', { pairing_id: 1 }), world.call('pairing.approve', wider)]) {
      expect(await refusal(refused)).toMatchObject({ code: 'conflict', details: { pairing: { status: 'approved' } } });
    }
    const { pairing } = await world.call('pairing.revoke', { pairing_id: 1 });
    expect(await world.call('pairing.revoke', { pairing_id: 1 })).toEqual({ pairing });
    expect((await refusal(world.call('pairing.approve', { pairing_id: 1, ...approve }))).code).toBe('conflict');
    expect(await world.events()).toHaveLength(before + 1);
  });

  it('cannot be revoked before it was made, nor made about nothing', async () => {
    const world = await createDomainWorld();
    await world.open({ name: 'drill' });

    expect((await refusal(world.call('pairing.revoke', { pairing_id: 1 }))).code).toBe('invalid_state');
    expect((await refusal(world.call('pairing.deny', { pairing_id: 2 }))).code).toBe('not_found');
    await world.call('pairing.deny', { pairing_id: 1 });
    expect((await refusal(world.call('pairing.revoke', { pairing_id: 1 }))).code).toBe('conflict');
  });

  it('to revoke ends the tokens and the connections of the node [AZ-7]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const token = peer.direct[0]?.payload.scoped_token as string;
    const changed: unknown[] = [];
    world.domain.authenticator.onChange((tokenId, principal) => void changed.push([tokenId, principal]));
    const principal = await world.domain.authenticator.authenticate(token);

    await world.call('pairing.revoke', { pairing_id: 1 });

    expect(await world.domain.authenticator.authenticate(token)).toBeUndefined();
    expect(changed).toEqual([[principal?.tokenId, undefined]]);
    expect(peer.closedWith?.code).toBe(4001);
    expect((await world.call('node.list', {})).nodes).toEqual([]);
  });
});

describe('the nodes', () => {
  it('are listed while they are paired, connected or not', async () => {
    const world = await createDomainWorld();
    const drill = await pairedNode(world, 'drill');
    await pairedNode(world, 'lamp');
    await world.open({ name: 'stranger' });

    world.lose(drill);

    const { nodes } = await world.call('node.list', {});
    expect(nodes.map(({ node_id, connected }) => [node_id, connected])).toEqual([
      [deviceIdOf('lamp'), true],
      [deviceIdOf('drill'), false],
    ]);
  });

  it('say what is ready, and that is told', async () => {
    const world = await createDomainWorld();
    const { deviceId } = await pairedNode(world, 'drill');
    const states = [{ capability: { id: 'shell.run', version: '1.0.0' }, actions: [] }];

    await world.call('capability.ready', { capability_states: states }, { deviceId, role: 'node' });

    expect((await world.events()).at(-1)).toMatchObject({
      type: 'capability.ready',
      payload: { node_id: deviceId, capability_states: states },
    });
  });

  it('cannot say that something is ready which connect.init did not advertise [RQ-25]', async () => {
    const world = await createDomainWorld();
    const { deviceId } = await pairedNode(world, 'drill');
    const as = { deviceId, role: 'node' } as const;

    const one = await refusal(
      world.call('capability.ready', { capabilities: capabilities('shell.run', 'door.open') }, as),
    );
    const states = [{ capability: { id: 'door.open', version: '1.0.0' } }];
    const other = await refusal(world.call('capability.ready', { capability_states: states }, as));

    expect(one.details).toMatchObject({ issues: [{ path: ['payload', 'capabilities', 1, 'id'] }] });
    expect(other.details).toMatchObject({
      issues: [{ path: ['payload', 'capability_states', 0, 'capability', 'id'] }],
    });
  });
});
