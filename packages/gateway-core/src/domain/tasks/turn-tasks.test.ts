import { describe, expect, it } from 'vitest';
import { converse, say, standingOf } from '../test-support/conversation-steps.ts';
import { createDomainWorld, refusal } from '../test-support/domain-world.ts';
import { pairedNode, reconnect } from '../test-support/pairing-steps.ts';
import { createStagedRunner } from '../test-support/staged-runner.ts';
import { executions, lastExecution, submit, taskNow } from '../test-support/task-steps.ts';

const request = { action: { type: 'CLI' }, capability: 'shell.run' } as const;

describe('the task of a turn', () => {
  it('ends with the task, which names the turn', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const peer = await pairedNode(world, 'drill');
    const { turn_id } = await say(world, await converse(world), 'hello');

    const done = runner.last.context.task(request);
    await world.settle();
    expect(lastExecution(peer).payload.turn_id).toBe(turn_id);
    lastExecution(peer).answer({ result: 42 });

    expect(await done).toMatchObject({ status: 'succeeded', result: 42, turn_id });
    const told = (await world.events()).filter(({ type }) => type === 'task.updated');
    expect(told.every(({ scope }) => scope?.kind === 'turn' && scope.id === turn_id)).toBe(true);
  });

  it('resolves however the task ends', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    await say(world, await converse(world), 'hello');

    const done = runner.last.context.task({ ...request, deadlineMs: 1000 });
    await world.settle();
    await world.pass(1500, 500);

    expect(await done).toMatchObject({ status: 'failed', error: { code: 'timeout' } });
  });

  it('is refused as a submitted one is', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    await say(world, await converse(world), 'hello');

    expect((await refusal(runner.last.context.task({ action: request.action }))).code).toBe('contract_error');
  });

  it('joins the first one of its key, also when that has ended', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const peer = await pairedNode(world, 'drill');
    await say(world, await converse(world), 'hello');
    const { context } = runner.last;

    const both = [context.task(request, 'key'), context.task(request, 'key')];
    await world.settle();
    expect(executions(peer)).toHaveLength(1);
    lastExecution(peer).answer({ result: 1 });
    const [one, two] = await Promise.all(both);

    expect(two?.task_id).toBe(one?.task_id);
    expect(await context.task(request, 'key')).toMatchObject({ task_id: one?.task_id, result: 1 });
    expect(executions(peer)).toHaveLength(1);
  });

  it('is found again after a crash instead of being done twice', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner() });
    const runner = createStagedRunner();
    const first = await world.crash({ runner });
    const peer = await pairedNode(first, 'drill');
    await say(first, await converse(first), 'hello');
    void runner.last.context.task(request);
    await first.settle();
    const { dispatch_id } = lastExecution(peer).payload;

    const next = createStagedRunner();
    const restarted = await first.crash({ runner: next });
    await restarted.settle();
    const again = await reconnect(restarted, 'drill');
    const done = next.last.context.task(request);
    await restarted.settle();
    lastExecution(again).answer({ result: 'once' });

    expect(await done).toMatchObject({ status: 'succeeded', result: 'once', dispatch_id });
    expect(executions(again)).toHaveLength(1);
    expect((await restarted.call('task.list', {})).tasks).toHaveLength(1);
  });

  it('is cancelled with its turn, and its node told', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const peer = await pairedNode(world, 'drill');
    const { turn_id } = await say(world, await converse(world), 'hello');
    const done = refusal(runner.last.context.task(request));
    const waits = refusal(runner.last.context.task({ ...request, capability: 'door.open' }));
    await world.settle();

    await world.call('turn.cancel', { turn_id, reason: 'stop it' });

    expect([(await done).code, (await waits).code]).toEqual(['cancelled', 'cancelled']);
    const { tasks } = await world.call('task.list', { turn_id });
    expect(tasks.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    expect(peer.sent('task.abort')).toMatchObject([{ payload: { reason: 'stop it' } }]);
  });

  it('is cancelled with its turn also when there are hundreds', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');
    for (let count = 0; count < 250; count += 1) {
      await world.call('task.submit', { action: request.action, capability: 'shell.run', turn_id });
    }

    await world.call('turn.cancel', { turn_id });
    await world.pass(1000, 100);

    const { tasks } = await world.call('task.list', { turn_id, statuses: ['queued'] });
    expect(tasks).toEqual([]);
  });

  it('outlives a turn that did not wait for it', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const peer = await pairedNode(world, 'drill');
    const { turn_id } = await say(world, await converse(world), 'hello');
    void runner.last.context.task(request);
    await world.settle();

    runner.last.succeed();
    await world.settle();
    expect((await standingOf(world, turn_id)).status).toBe('succeeded');
    lastExecution(peer).answer({ result: 1 });
    await world.settle();

    const { tasks } = await world.call('task.list', { turn_id });
    expect(tasks).toMatchObject([{ status: 'succeeded' }]);
  });

  it('does not mix with what a client submits for the turn', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');

    const submitted = await submit(world, { capability: 'shell.run', turn_id });
    void runner.last.context.task(request);
    await world.settle();

    expect((await world.call('task.list', { turn_id })).tasks).toHaveLength(2);
    expect((await taskNow(world, submitted)).status).toBe('queued');
  });
});
