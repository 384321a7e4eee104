import { describe, expect, it } from 'vitest';
import { listed, resolve, waitingOne } from '../test-support/approval-steps.ts';
import { converse, repeated, say, standingOf, stepsOf, transcriptOf } from '../test-support/conversation-steps.ts';
import { createDomainWorld, refusal } from '../test-support/domain-world.ts';
import { createStagedRunner } from '../test-support/staged-runner.ts';

const deploy = { prompt: 'Deploy?', motivation: 'the release is tagged' } as const;

describe('the approval of a turn', () => {
  it('pauses the turn until it is approved [AP-3]', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const conversation = await converse(world);
    const { turn_id } = await say(world, conversation, 'hello');

    const asked = runner.last.context.approve(deploy);
    await world.settle();

    const { turn } = await world.call('turn.get', { turn_id });
    expect(turn).toMatchObject({ status: 'paused', blocked_reason: 'approval' });
    const waiting = await waitingOne(world);
    expect(waiting).toMatchObject({ ...deploy, scope: { turn_id, conversation_key: turn.conversation_key } });
    const blocked = (await world.events()).find(({ type }) => type === 'turn.blocked');
    expect(blocked?.payload).toEqual({ turn_id, reason: 'approval', approval_id: waiting.approval_id });

    const { approval } = await resolve(world, waiting, 'approved');
    expect(await asked).toEqual(approval);
    const { turn: resumed } = await world.call('turn.get', { turn_id });
    expect(resumed).toMatchObject({ status: 'running', attempt: 1 });
    expect(resumed).not.toHaveProperty('blocked_reason');

    await runner.last.context.say('deployed');
    runner.last.succeed();
    await world.settle();
    expect(await stepsOf(world, turn_id)).toEqual([
      'turn.queued',
      'turn.started',
      'turn.blocked',
      'turn.resumed',
      'turn.completed',
    ]);
    expect(await transcriptOf(world, conversation)).toEqual(['user: hello', 'assistant: deployed']);
  });

  it('fails the turn of a runner that lets the denial pass [AP-3]', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');
    runner.last.context.approve(deploy).catch(runner.last.fail);
    await world.settle();

    await resolve(world, await waitingOne(world), 'denied');

    expect((await standingOf(world, turn_id)).status).toBe('failed');
    const failed = (await world.events()).find(({ type }) => type === 'turn.failed');
    expect(failed?.payload.error).toEqual({ code: 'forbidden', message: 'the approval was denied' });
  });

  it('rejects with what became of it, and the runner may go on', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');
    const { context } = runner.last;

    const denied = refusal(context.approve(deploy));
    await world.settle();
    await resolve(world, await waitingOne(world), 'denied');
    expect(await denied).toMatchObject({ code: 'forbidden', details: { approval: { status: 'denied' } } });

    const expired = refusal(context.approve({ ...deploy, expiresInMs: 100 }));
    await world.settle();
    await world.pass(100);
    expect(await expired).toMatchObject({ code: 'timeout', details: { approval: { status: 'expired' } } });

    const cancelled = refusal(context.approve(deploy));
    await world.settle();
    await world.domain.approvals.cancel('acme', (await waitingOne(world)).approval_id);
    expect((await cancelled).code).toBe('cancelled');

    runner.last.succeed();
    await world.settle();
    expect((await standingOf(world, turn_id)).status).toBe('succeeded');
  });

  it('does not pause a turn whose question the policy answers', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner, approval: () => 'approve' });
    const { turn_id } = await say(world, await converse(world), 'hello');

    expect(await runner.last.context.approve(deploy)).toMatchObject({ status: 'approved' });

    expect(await stepsOf(world, turn_id)).toEqual(['turn.queued', 'turn.started']);
  });

  it('is the same one in the attempt after a crash, and no second is opened [AP-1]', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner() });
    const { turn_id } = await say(world, await converse(world), 'hello');
    void (world.services.runner as ReturnType<typeof createStagedRunner>).last.context.approve(deploy);
    await world.settle();
    const before = await waitingOne(world);

    const next = createStagedRunner();
    const restarted = await world.crash({ runner: next });
    await restarted.settle();
    expect(await standingOf(restarted, turn_id)).toEqual({ status: 'running', attempt: 2 });
    const asked = next.last.context.approve(deploy);
    await restarted.settle();

    expect(await standingOf(restarted, turn_id)).toEqual({ status: 'paused', attempt: 2 });
    expect((await waitingOne(restarted)).approval_id).toBe(before.approval_id);
    await resolve(restarted, before, 'approved');
    expect((await asked).approval_id).toBe(before.approval_id);
    expect(await listed(restarted)).toHaveLength(1);
    expect(repeated(await restarted.events(), ['approval.updated'])).toEqual([]);
  });

  it('that was answered while the gateway was down lets the next attempt go on at once', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');
    void runner.last.context.approve(deploy);
    await world.settle();

    // The runner of this process is gone; somebody answers before another process takes the turn up.
    const down = await world.crash({ start: false });
    await resolve(down, await waitingOne(down), 'approved');
    const next = createStagedRunner();
    const restarted = await down.crash({ start: true, runner: next });
    await restarted.settle();

    expect(await next.last.context.approve(deploy)).toMatchObject({ status: 'approved' });
    expect(await standingOf(restarted, turn_id)).toEqual({ status: 'running', attempt: 2 });
    expect((await stepsOf(restarted, turn_id)).filter((type) => type === 'turn.blocked')).toHaveLength(1);
  });

  it('lets the turn run on only when the last of several is answered', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');
    const both = Promise.allSettled([runner.last.context.approve(deploy), runner.last.context.approve(deploy)]);
    await world.settle();
    const [one, two] = await listed(world, 'awaiting_human');

    await resolve(world, one ?? { approval_id: '' }, 'approved');
    expect((await standingOf(world, turn_id)).status).toBe('paused');
    await resolve(world, two ?? { approval_id: '' }, 'denied');

    expect((await standingOf(world, turn_id)).status).toBe('running');
    expect((await both).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is taken back when its turn is cancelled [AP-4]', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');
    const asked = refusal(runner.last.context.approve(deploy));
    await world.settle();
    const waiting = await waitingOne(world);

    await world.call('turn.cancel', { turn_id });

    expect((await asked).code).toBe('cancelled');
    expect(await listed(world)).toMatchObject([{ status: 'cancelled' }]);
    expect(await refusal(resolve(world, waiting, 'approved'))).toMatchObject({ code: 'invalid_state' });
    expect((await standingOf(world, turn_id)).status).toBe('cancelled');
  });

  it('is taken back when its turn ends without waiting for it [AP-4]', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');
    void runner.last.context.approve(deploy);
    await world.settle();

    runner.last.succeed();
    await world.settle();

    const { turn } = await world.call('turn.get', { turn_id });
    expect(turn.status).toBe('succeeded');
    expect(turn).not.toHaveProperty('blocked_reason');
    expect(await listed(world)).toMatchObject([{ status: 'cancelled' }]);
  });

  it('leaves a turn alone that only the embedder asked about', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');

    const opened = await world.domain.approvals.open('acme', { key: 'k', ...deploy, scope: { turn_id } });
    expect((await standingOf(world, turn_id)).status).toBe('running');
    await resolve(world, opened, 'denied');

    expect((await standingOf(world, turn_id)).status).toBe('running');
    expect(await stepsOf(world, turn_id)).toEqual(['turn.queued', 'turn.started']);
  });

  it('does not keep other turns from running', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner, maxRunningTurns: 1, maxPausedTurns: 1 });
    await say(world, await converse(world), 'one');
    const paused = runner.last;
    await say(world, await converse(world), 'two');
    expect(runner.runs).toHaveLength(1);

    const asked = paused.context.approve(deploy);
    await world.settle();
    expect(runner.runs).toHaveLength(2);

    // What waits in the second place for it takes the place of one that runs.
    const second = runner.last.context.approve(deploy).catch(() => undefined);
    await say(world, await converse(world), 'three');
    expect(runner.runs).toHaveLength(2);
    for (const approval of await listed(world, 'awaiting_human')) await resolve(world, approval, 'approved');
    await Promise.all([asked, second]);
    for (const run of [...runner.runs]) run.succeed();
    await world.settle();
    expect(runner.runs).toHaveLength(3);
  });

  it('is refused when a turn asks a hundred at a time already', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    await say(world, await converse(world), 'hello');
    const { context } = runner.last;
    for (let count = 0; count < 100; count += 1) void context.approve(deploy);
    await world.settle();

    expect((await refusal(context.approve(deploy))).code).toBe('overloaded');
  });

  it('has a key that is not empty', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    await say(world, await converse(world), 'hello');

    await expect(runner.last.context.approve(deploy, '')).rejects.toThrow(TypeError);
  });
});
