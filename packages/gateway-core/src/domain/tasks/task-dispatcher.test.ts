import { ProtocolError } from '@tyrum/contracts';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../testing/manual-clock.ts';
import { breakableStore, createDomainWorld, deviceIdOf, forgetfulStore } from '../test-support/domain-world.ts';
import { capabilities, pairedNode, reconnect } from '../test-support/pairing-steps.ts';
import { executions, lastExecution, submit, taskNow } from '../test-support/task-steps.ts';

describe('a dispatch', () => {
  it('is durable before it is sent, and carries its id as the request id [RQ-18] [RQ-19]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');

    const submitted = await submit(world, { capability: 'shell.run', deadline_ms: 5000 });

    const sent = lastExecution(peer);
    const task = await taskNow(world, submitted);
    expect(task).toMatchObject({ status: 'dispatched', node_id: peer.deviceId, attempt: 1 });
    expect(sent.requestId).toBe(task.dispatch_id);
    expect(sent.payload).toEqual({
      dispatch_id: task.dispatch_id,
      action: submitted.action,
      attempt: 1,
      lease_expires_at: task.lease_expires_at,
      deadline_ms: 5000,
    });
  });

  it('is not sent when it cannot be made durable', async () => {
    const disk = breakableStore();
    const world = await createDomainWorld({ store: disk.store });
    const peer = await world.open({ name: 'drill', capabilities: capabilities('shell.run') });
    await submit(world);
    await world.call('pairing.approve', {
      pairing_id: 1,
      trust_level: 'local',
      capability_allowlist: capabilities('shell.run'),
    });

    disk.broken = true;
    await world.pass(2000, 250);
    expect(executions(peer)).toEqual([]);
    disk.broken = false;
    await world.pass(5000, 250);

    expect(executions(peer)).toHaveLength(1);
  });

  it('is sent also when the submission was kept and the store could not say so', async () => {
    const disk = forgetfulStore();
    const world = await createDomainWorld({ store: disk.store });
    const peer = await pairedNode(world, 'drill');

    disk.forgetful = true;
    await expect(submit(world)).rejects.toThrow();
    disk.forgetful = false;
    await world.pass(1000, 250);

    expect(executions(peer)).toHaveLength(1);
  });

  it('ends with what the node answers, once', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const submitted = await submit(world);

    lastExecution(peer).answer({ result: { load: 0.1 }, evidence: { log: 'ok' } });
    await world.settle();

    expect(await taskNow(world, submitted)).toMatchObject({
      status: 'succeeded',
      result: { load: 0.1 },
      evidence: { log: 'ok' },
      lease_expires_at: null,
      finished_at: expect.any(String),
    });
    const updates = (await world.events()).filter(({ type }) => type === 'task.updated');
    expect(updates.map(({ payload }) => (payload.task as { status: string }).status)).toEqual([
      'queued',
      'dispatched',
      'succeeded',
    ]);
    await world.pass(120_000, 10_000);
    expect(executions(peer)).toHaveLength(1);
  });

  it.each([
    ['outcome_unknown', 'outcome_unknown'],
    ['cancelled', 'cancelled'],
    ['invalid_state', 'failed'],
    ['unavailable', 'failed'],
  ] as const)('that the node refuses with %s ends as %s', async (code, status) => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const submitted = await submit(world);

    lastExecution(peer).refuse(new ProtocolError(code, 'no'));
    await world.settle();

    expect(await taskNow(world, submitted)).toMatchObject({ status, error: { code, message: 'no' } });
  });

  it('whose result is too large to be told ends as failed, and says that it was done', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const submitted = await submit(world);

    lastExecution(peer).answer({ result: 'x'.repeat(600_000) });
    await world.settle();

    const { status, error } = await taskNow(world, submitted);
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'contract_error', message: expect.stringContaining('the node did it') });
  });

  it('goes only to a paired node whose allow-list holds the capability [AZ-12]', async () => {
    const world = await createDomainWorld();
    const stranger = await world.open({ name: 'stranger', capabilities: capabilities('shell.run') });
    const drill = await world.open({ name: 'drill', capabilities: capabilities('shell.run', 'light.set') });
    await world.call('pairing.approve', {
      pairing_id: 2,
      trust_level: 'remote',
      capability_allowlist: capabilities('light.set'),
    });

    await submit(world, { capability: 'shell.run' });
    expect(executions(stranger)).toEqual([]);
    expect(executions(drill)).toEqual([]);
    await submit(world, { capability: 'light.set' });
    expect(executions(drill)).toHaveLength(1);
  });

  it('waits for a node that is allowed the capability, and is sent when one comes', async () => {
    const world = await createDomainWorld();
    const submitted = await submit(world);
    expect((await taskNow(world, submitted)).status).toBe('queued');

    const peer = await pairedNode(world, 'drill');

    expect(lastExecution(peer).requestId).toBe((await taskNow(world, submitted)).dispatch_id);
  });

  it('to a node that is away waits for that node, whatever others could do', async () => {
    const world = await createDomainWorld();
    world.lose(await pairedNode(world, 'drill'));
    const lamp = await pairedNode(world, 'lamp');

    await submit(world, { node_id: deviceIdOf('drill'), capability: 'shell.run' });
    const drill = await reconnect(world, 'drill');

    expect(executions(lamp)).toEqual([]);
    expect(executions(drill)).toHaveLength(1);
  });

  it('is spread over the nodes that can do it', async () => {
    const world = await createDomainWorld();
    const peers = [await pairedNode(world, 'one'), await pairedNode(world, 'two'), await pairedNode(world, 'three')];

    for (let count = 0; count < 6; count += 1) await submit(world);

    expect(peers.map((peer) => executions(peer).length)).toEqual([2, 2, 2]);
  });

  it('goes to one of two nodes that come at the same moment', async () => {
    const world = await createDomainWorld();
    world.lose(await pairedNode(world, 'one'));
    world.lose(await pairedNode(world, 'two'));
    for (let count = 0; count < 5; count += 1) await submit(world);

    const peers = await Promise.all([reconnect(world, 'one'), reconnect(world, 'two')]);

    const sent = peers.flatMap((peer) => executions(peer).map(({ requestId }) => requestId));
    expect(sent).toHaveLength(5);
    expect(new Set(sent).size).toBe(5);
  });

  it('beyond what a node has room for waits, and none is forgotten', async () => {
    const world = await createDomainWorld({ maxDispatchesPerNode: 3 });
    const peer = await pairedNode(world, 'drill');
    const submitted = [];
    for (let count = 0; count < 10; count += 1) submitted.push(await submit(world));
    expect(executions(peer)).toHaveLength(3);

    for (let count = 0; count < 10; count += 1) {
      executions(peer)[count]?.answer({});
      await world.settle();
    }

    expect(executions(peer)).toHaveLength(10);
    for (const task of submitted) expect((await taskNow(world, task)).status).toBe('succeeded');
  });

  it('hands on the trace of the request that caused it [FR-9]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const trace = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };

    await world.call('task.submit', { action: { type: 'CLI' }, capability: 'shell.run' }, { trace });
    await world.settle();

    expect(lastExecution(peer).trace).toEqual(trace);
  });
});

describe('a dispatch whose connection is lost', () => {
  it('stays given, and is sent again under the same id when the node is back [RQ-18] [RQ-19]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const submitted = await submit(world);
    const first = lastExecution(peer).requestId;

    world.lose(peer);
    await world.settle();
    expect((await taskNow(world, submitted)).status).toBe('dispatched');
    const again = await reconnect(world, 'drill');

    expect(lastExecution(again)).toMatchObject({ requestId: first, payload: { dispatch_id: first, attempt: 2 } });
    lastExecution(again).answer({ result: 1 });
    await world.settle();
    expect(await taskNow(world, submitted)).toMatchObject({ status: 'succeeded', result: 1, attempt: 2 });
  });

  it('is not given to another node before its lease ends, and then under a new id', async () => {
    const world = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(world, 'drill');
    const submitted = await submit(world);
    const first = lastExecution(drill).requestId;
    const lamp = await pairedNode(world, 'lamp');

    world.lose(drill);
    await world.pass(9000, 1000);
    expect(executions(lamp)).toEqual([]);
    await world.pass(2000, 1000);

    const second = lastExecution(lamp).requestId;
    expect(second).not.toBe(first);
    expect(lastExecution(lamp).payload.attempt).toBe(1);
    expect(await taskNow(world, submitted)).toMatchObject({ node_id: lamp.deviceId, dispatch_id: second, attempt: 1 });
    // The first node comes back: what it did is nobody's business any more.
    const again = await reconnect(world, 'drill');
    expect(executions(again)).toEqual([]);
    lastExecution(lamp).answer({ result: 'second' });
    await world.settle();
    expect(await taskNow(world, submitted)).toMatchObject({ status: 'succeeded', result: 'second' });
  });

  it('goes back to the same node under the same id when nobody took it over', async () => {
    const world = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(world, 'drill');
    await submit(world);
    const first = lastExecution(drill).requestId;

    world.lose(drill);
    await world.pass(30_000, 1000);
    const again = await reconnect(world, 'drill');

    expect(lastExecution(again)).toMatchObject({ requestId: first, payload: { attempt: 2 } });
  });

  it('is taken over by a node that comes after the lease has ended', async () => {
    const world = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(world, 'drill');
    await submit(world);
    world.lose(drill);
    await world.pass(30_000, 1000);

    const lamp = await pairedNode(world, 'lamp');

    expect(executions(lamp)).toHaveLength(1);
  });

  it('is never given to another node where it named its node', async () => {
    const world = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(world, 'drill');
    const lamp = await pairedNode(world, 'lamp');
    const submitted = await submit(world, { node_id: drill.deviceId, capability: 'shell.run', deadline_ms: 60_000 });

    world.lose(drill);
    await world.pass(59_000, 1000);
    expect((await taskNow(world, submitted)).status).toBe('dispatched');
    await world.pass(2000, 1000);

    expect(executions(lamp)).toEqual([]);
    expect(await taskNow(world, submitted)).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
  });

  it('is left to the node while its connection is open, however long that takes', async () => {
    const world = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(world, 'drill');
    const lamp = await pairedNode(world, 'lamp');
    await submit(world, { capability: 'shell.run' });
    const [busy, idle] = executions(drill).length === 1 ? [drill, lamp] : [lamp, drill];

    await world.pass(100_000, 1000);

    expect(executions(idle)).toEqual([]);
    expect(executions(busy)).toHaveLength(1);
    const updates = (await world.events()).filter(({ type }) => type === 'task.updated');
    expect(updates).toHaveLength(2);
  });

  it('is sent again over a second connection that took the place of the first', async () => {
    const world = await createDomainWorld();
    const old = await pairedNode(world, 'drill');
    const submitted = await submit(world);

    const fresh = await reconnect(world, 'drill');
    world.lose(old);
    lastExecution(fresh).answer({ result: 'fresh' });
    await world.settle();

    expect(lastExecution(fresh).payload.attempt).toBe(2);
    expect(await taskNow(world, submitted)).toMatchObject({ status: 'succeeded', result: 'fresh' });
  });
});

describe('a dispatch that another process has given to another node', () => {
  it('is over for the first node: what it answers is dropped, and that is logged', async () => {
    const one = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(one, 'drill');
    const submitted = await submit(one);
    // The first process is cut off from time: its leases end without its notice.
    const other = await one.crash({ store: one.store, clock: createManualClock(one.clock.now()) });
    const lamp = await pairedNode(other, 'lamp');
    await other.pass(30_000, 1000);
    expect(executions(lamp)).toHaveLength(1);

    lastExecution(drill).answer({ result: 'first' });
    await one.settle();
    expect(await taskNow(other, submitted)).toMatchObject({ status: 'dispatched', node_id: lamp.deviceId });
    expect(one.logs.map(({ message }) => message)).toContain('a node answered a dispatch that nobody waits for');
    lastExecution(lamp).answer({ result: 'second' });
    await other.settle();

    expect(await taskNow(other, submitted)).toMatchObject({ status: 'succeeded', result: 'second' });
  });
});

describe('a node that loses its pairing', () => {
  it('is given nothing any more, and what it had goes to another node when the lease ends', async () => {
    const world = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(world, 'drill');
    const submitted = await submit(world);

    await world.call('pairing.revoke', { pairing_id: 1 });
    world.lose(drill);
    await submit(world);
    expect(executions(drill)).toHaveLength(1);
    expect((await taskNow(world, submitted)).status).toBe('dispatched');
    const lamp = await pairedNode(world, 'lamp');
    await world.pass(12_000, 1000);

    expect(executions(lamp)).toHaveLength(2);
  });

  it('and is paired again for less ends what was for it alone', async () => {
    const world = await createDomainWorld();
    const drill = await pairedNode(world, 'drill', ['shell.run', 'screen.read']);
    const sent = await submit(world, { node_id: drill.deviceId, capability: 'shell.run' });
    world.lose(drill);
    const waits = await submit(world, { node_id: drill.deviceId, capability: 'shell.run' });
    await world.call('pairing.revoke', { pairing_id: 1 });

    await world.open({ name: 'drill', capabilities: capabilities('shell.run', 'screen.read') });
    await world.call('pairing.approve', {
      pairing_id: 2,
      trust_level: 'local',
      capability_allowlist: capabilities('screen.read'),
    });
    await world.settle();

    expect(await taskNow(world, waits)).toMatchObject({ status: 'failed', error: { code: 'forbidden' } });
    expect((await taskNow(world, sent)).status).toBe('outcome_unknown');
  });
});

describe('a deadline', () => {
  it('ends what nobody did, also what nobody was given', async () => {
    const world = await createDomainWorld();
    const queued = await submit(world, { capability: 'door.open', deadline_ms: 5000 });
    const peer = await pairedNode(world, 'drill');
    const dispatched = await submit(world, { capability: 'shell.run', deadline_ms: 5000 });

    await world.pass(5000, 500);

    for (const task of [queued, dispatched]) {
      expect(await taskNow(world, task)).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
    }
    const { dispatch_id } = lastExecution(peer).payload;
    expect(peer.sent('task.abort')).toMatchObject([{ payload: { dispatch_id } }]);
    lastExecution(peer).answer({ result: 'too late' });
    await world.settle();
    expect((await taskNow(world, dispatched)).result).toBeUndefined();
  });

  it('ends a task over a restart', async () => {
    const world = await createDomainWorld();
    const task = await submit(world, { capability: 'door.open', deadline_ms: 5000 });

    world.clock.advance(4000);
    const restarted = await world.crash();
    await restarted.pass(2000, 500);

    expect(await taskNow(restarted, task)).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
  });
});

describe('dispatches after a crash', () => {
  it('are sent again under the same id when the node is back, and no event is told twice', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const submitted = await submit(world);
    const first = lastExecution(peer).requestId;

    const restarted = await world.crash();
    await restarted.pass(5000, 1000);
    const again = await reconnect(restarted, 'drill');

    expect(executions(again)).toHaveLength(1);
    expect(lastExecution(again)).toMatchObject({ requestId: first, payload: { attempt: 2 } });
    lastExecution(again).answer({ result: 'done' });
    await restarted.settle();
    expect((await taskNow(restarted, submitted)).status).toBe('succeeded');
    const told = (await restarted.events())
      .filter(({ type }) => type === 'task.updated')
      .map(({ payload }) => payload.task as { status: string; attempt: number });
    expect(told.map(({ status, attempt }) => `${status} ${attempt}`)).toEqual([
      'queued 0',
      'dispatched 1',
      'dispatched 2',
      'succeeded 2',
    ]);
  });

  it('are sent when they had only been queued', async () => {
    const world = await createDomainWorld();
    world.lose(await pairedNode(world, 'drill'));
    const submitted = await submit(world);

    const restarted = await world.crash();
    const peer = await reconnect(restarted, 'drill');

    expect(lastExecution(peer).payload.attempt).toBe(1);
    expect((await taskNow(restarted, submitted)).status).toBe('dispatched');
  });

  it('stay with their node for one lease more, because it had no gateway to come back to', async () => {
    const world = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(world, 'drill');
    await submit(world);
    world.lose(drill);

    world.clock.advance(60_000);
    const restarted = await world.crash();
    const lamp = await pairedNode(restarted, 'lamp');
    await restarted.pass(5000, 1000);
    expect(executions(lamp)).toEqual([]);
    const again = await reconnect(restarted, 'drill');

    expect(lastExecution(again).payload.attempt).toBe(2);
    expect(executions(lamp)).toEqual([]);
  });
});
