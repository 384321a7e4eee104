import { describe, expect, it } from 'vitest';
import { createDomainWorld, deviceIdOf, refusal } from '../test-support/domain-world.ts';
import { pairedNode, reconnect } from '../test-support/pairing-steps.ts';
import { executions, lastExecution, submit, taskNow } from '../test-support/task-steps.ts';

const action = { type: 'CLI' } as const;

describe('a task', () => {
  it('needs somebody to do it [ER-3]', async () => {
    const world = await createDomainWorld();

    const error = await refusal(world.call('task.submit', { action }));

    expect(error.code).toBe('contract_error');
    expect(error.details).toMatchObject({ issues: [{ path: ['payload', 'node_id'] }] });
  });

  it('is refused for a node that is not paired, and for what the node may not be asked', async () => {
    const world = await createDomainWorld();
    const waiting = await world.open({ name: 'waiting' });
    const drill = await world.open({ name: 'drill' });
    await world.call('pairing.approve', { pairing_id: 2, trust_level: 'local', capability_allowlist: [] });

    const to = async (node_id: string, capability?: string) =>
      (
        await refusal(
          world.call('task.submit', { action, node_id, ...(capability === undefined ? {} : { capability }) }),
        )
      ).code;

    expect(await to(deviceIdOf('nobody'))).toBe('not_found');
    expect(await to(waiting.deviceId)).toBe('not_found');
    expect(await to(drill.deviceId, 'shell.run')).toBe('forbidden');
    expect(await to(drill.deviceId)).toBe('forbidden');
  });

  it('is refused for a turn that does not exist and with an action that nothing could carry', async () => {
    const world = await createDomainWorld();
    const turn_id = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

    expect((await refusal(world.call('task.submit', { action, capability: 'shell.run', turn_id }))).code).toBe(
      'not_found',
    );
    const huge = { type: 'CLI', args: { text: 'x'.repeat(140_000) } } as const;
    expect(await refusal(world.call('task.submit', { action: huge, capability: 'shell.run' }))).toMatchObject({
      code: 'contract_error',
      details: { issues: [{ path: ['payload', 'action'] }] },
    });
  });

  it('is answered as soon as it is kept', async () => {
    const world = await createDomainWorld();
    await pairedNode(world, 'drill');

    const { task } = await world.call('task.submit', { action, capability: 'shell.run', deadline_ms: 1000 });

    expect(task).toMatchObject({
      status: 'queued',
      attempt: 0,
      action,
      capability: 'shell.run',
      deadline_at: new Date(world.clock.now() + 1000).toISOString(),
      finished_at: null,
    });
  });

  it('is cancelled before anybody was given it', async () => {
    const world = await createDomainWorld();
    const submitted = await submit(world);

    const { task } = await world.call('task.cancel', { task_id: submitted.task_id, reason: 'not needed' });
    const peer = await pairedNode(world, 'drill');

    expect(task).toMatchObject({ status: 'cancelled', error: { code: 'cancelled', message: 'not needed' } });
    expect(executions(peer)).toEqual([]);
  });

  it('that is cancelled travels to its node as an abort, and what the node says then is nothing [RQ-23]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const submitted = await submit(world);
    const { dispatch_id } = lastExecution(peer).payload;

    await world.call('task.cancel', { task_id: submitted.task_id, reason: 'not needed' });

    expect(peer.sent('task.abort')).toMatchObject([{ payload: { dispatch_id, reason: 'not needed' } }]);
    lastExecution(peer).answer({ result: 'late' });
    await world.settle();
    expect(await taskNow(world, submitted)).toMatchObject({ status: 'cancelled' });
    world.lose(peer);
    expect(executions(await reconnect(world, 'drill'))).toEqual([]);
  });

  it('is cancelled once: again is the same, and what has ended cannot be', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const done = await submit(world);
    lastExecution(peer).answer({});
    await world.settle();
    const cancelled = await submit(world);
    const first = await world.call('task.cancel', { task_id: cancelled.task_id });

    expect(await world.call('task.cancel', { task_id: cancelled.task_id })).toEqual(first);
    expect(await refusal(world.call('task.cancel', { task_id: done.task_id }))).toMatchObject({
      code: 'invalid_state',
      details: { task: { status: 'succeeded' } },
    });
  });

  it('is listed by status, newest first, in pages', async () => {
    const world = await createDomainWorld();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.push((await submit(world)).task_id);
      world.clock.advance(1);
    }
    await world.call('task.cancel', { task_id: ids[3] as string });

    const first = await world.call('task.list', { statuses: ['queued'], limit: 3 });
    const second = await world.call('task.list', {
      statuses: ['queued'],
      limit: 3,
      cursor: first.next_cursor as string,
    });
    const all = await world.call('task.list', {});

    expect([...first.tasks, ...second.tasks].map(({ task_id }) => ids.indexOf(task_id))).toEqual([4, 2, 1, 0]);
    expect(all.tasks.map(({ task_id }) => ids.indexOf(task_id))).toEqual([4, 3, 2, 1, 0]);
  });
});

describe('the holder of a dispatch', () => {
  it('tells how far it is, which is not kept [EV-4]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    await submit(world);
    const dispatch_id = lastExecution(peer).requestId as string;
    const before = (await world.events()).length;

    const as = { deviceId: peer.deviceId, role: 'node' } as const;
    await world.call('task.progress', { dispatch_id, fraction: 0.5, message: 'half' }, as);

    expect(world.live.filter(({ type }) => type === 'task.progress')).toEqual([
      { tenant: 'acme', type: 'task.progress', payload: { dispatch_id, fraction: 0.5, message: 'half' } },
    ]);
    expect(await world.events()).toHaveLength(before);
  });

  it('keeps its lease by telling, also after its connection was lost', async () => {
    const world = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(world, 'drill');
    const submitted = await submit(world);
    const lamp = await pairedNode(world, 'lamp');
    const dispatch_id = lastExecution(drill).requestId as string;
    world.lose(drill);

    for (let count = 0; count < 4; count += 1) {
      await world.pass(6000, 1000);
      await world.call(
        'task.progress',
        { dispatch_id, fraction: 0.1 * count },
        { deviceId: drill.deviceId, role: 'node' },
      );
    }

    expect(executions(lamp)).toEqual([]);
    const { lease_expires_at } = await taskNow(world, submitted);
    expect(lease_expires_at).toBe(new Date(world.clock.now() + 10_000).toISOString());
    await world.pass(11_000, 1000);
    expect(executions(lamp)).toHaveLength(1);
  });

  it('hands in evidence, which is kept with the task and told', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const submitted = await submit(world);
    const dispatch_id = lastExecution(peer).requestId as string;

    await world.call(
      'attempt.evidence',
      { dispatch_id, evidence: { photo: 'x' } },
      { deviceId: peer.deviceId, role: 'node' },
    );

    expect((await taskNow(world, submitted)).evidence).toEqual({ photo: 'x' });
    const told = (await world.events()).find(({ type }) => type === 'attempt.evidence');
    expect(told?.payload).toEqual({ node_id: peer.deviceId, dispatch_id, evidence: { photo: 'x' } });
  });

  it('hands in 256 KiB and not a byte more', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    await submit(world);
    const dispatch_id = lastExecution(peer).requestId as string;
    const as = { deviceId: peer.deviceId, role: 'node' } as const;
    // Two of the bytes are the quotation marks.
    const most = 'x'.repeat(262_142);

    await world.call('attempt.evidence', { dispatch_id, evidence: most }, as);
    const error = await refusal(world.call('attempt.evidence', { dispatch_id, evidence: `${most}x` }, as));

    expect(error).toMatchObject({ code: 'contract_error', details: { issues: [{ path: ['payload', 'evidence'] }] } });
  });

  it('is the only one who may speak of it [AZ-13]', async () => {
    const world = await createDomainWorld({ leaseMs: 10_000 });
    const drill = await pairedNode(world, 'drill');
    await submit(world);
    const dispatch_id = lastExecution(drill).requestId as string;
    const lamp = await pairedNode(world, 'lamp');
    const speak = async (deviceId: string) => {
      const as = { deviceId, role: 'node' } as const;
      const progress = await refusal(world.call('task.progress', { dispatch_id }, as));
      const evidence = await refusal(world.call('attempt.evidence', { dispatch_id, evidence: 1 }, as));
      expect(evidence.code).toBe(progress.code);
      return progress.code;
    };

    expect(await speak(lamp.deviceId)).toBe('not_found');
    world.lose(drill);
    await world.pass(11_000, 1000);
    expect(executions(lamp)).toHaveLength(1);
    expect(await speak(drill.deviceId)).toBe('invalid_state');
    lastExecution(lamp).answer({});
    await world.settle();
    expect(world.live.filter(({ type }) => type === 'task.progress')).toEqual([]);
  });
});
