import { ProtocolError } from '@tyrum/contracts';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../store/memory-store.ts';
import { converse, repeated, say, standingOf, stepsOf, transcriptOf } from '../test-support/conversation-steps.ts';
import {
  breakableStore,
  createDomainWorld,
  deviceIdOf,
  forgetfulStore,
  refusal,
} from '../test-support/domain-world.ts';
import { createStagedRunner } from '../test-support/staged-runner.ts';
import { turnJobs } from './turn-records.ts';

const DURABLE_STEPS = [
  'turn.queued',
  'turn.started',
  'turn.resumed',
  'turn.completed',
  'turn.failed',
  'turn.cancelled',
];

describe('a turn', () => {
  it('runs, says what its runner says, and completes', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);

    const { turn_id } = await say(world, id, 'hello');
    expect(await standingOf(world, turn_id)).toEqual({ status: 'running', attempt: 1 });
    const message = await runner.last.context.say('hi there');
    runner.last.succeed();
    await world.settle();

    expect(await standingOf(world, turn_id)).toEqual({ status: 'succeeded', attempt: 1 });
    expect(await stepsOf(world, turn_id)).toEqual(['turn.queued', 'turn.started', 'turn.completed']);
    expect(await transcriptOf(world, id)).toEqual(['user: hello', 'assistant: hi there']);
    const { turn, items } = await world.call('turn.get', { turn_id });
    expect(turn).toMatchObject({
      conversation_id: id,
      started_at: expect.any(String),
      finished_at: expect.any(String),
    });
    expect(items).toMatchObject([{ item_index: 0, item_key: 'say-1', payload: { message } }]);
  });

  it('tells each of its steps with the whole turn after it', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    await say(world, await converse(world), 'hello');
    runner.last.succeed();
    await world.settle();

    const updates = (await world.events()).filter(({ type }) => type === 'turn.updated');

    expect(updates.map(({ payload }) => (payload.turn as { status: string }).status)).toEqual([
      'queued',
      'running',
      'succeeded',
    ]);
    expect(updates[0]?.payload.trigger_kind).toBe('message');
  });

  it('streams deltas under the id that the whole message will have [EV-5]', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    await say(world, await converse(world), 'hello');

    runner.last.context.delta('one ');
    runner.last.context.delta('two');
    const first = await runner.last.context.say('one two');
    runner.last.context.delta('three', 'named');
    const named = await runner.last.context.say('three', 'named');

    const deltas = world.live.map(({ payload }) => [payload.message_id, payload.delta]);
    expect(deltas).toEqual([
      [first.id, 'one '],
      [first.id, 'two'],
      [named.id, 'three'],
    ]);
    const finals = (await world.events()).filter(
      ({ type, payload }) => type === 'message.final' && payload.role === 'assistant',
    );
    expect(finals.map(({ payload }) => [payload.message_id, payload.content])).toEqual([
      [first.id, 'one two'],
      [named.id, 'three'],
    ]);
  });

  it('says the same key once', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    await say(world, id, 'hello');

    const first = await runner.last.context.say('one', 'key');
    const second = await runner.last.context.say('another', 'key');
    runner.last.context.delta('late', 'key');

    expect(second).toEqual(first);
    expect(await transcriptOf(world, id)).toEqual(['user: hello', 'assistant: one']);
    expect(world.live).toEqual([]);
  });

  it('fails with the code and the message of a protocol error', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');

    runner.last.fail(new ProtocolError('overloaded', 'the model is busy'));
    await world.settle();

    const failed = (await world.events()).find(({ type }) => type === 'turn.failed');
    expect(failed?.payload).toMatchObject({ turn_id, error: { code: 'overloaded', message: 'the model is busy' } });
    expect((await standingOf(world, turn_id)).status).toBe('failed');
  });

  it('hides any other error behind an id that the log has too [ER-4]', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    await say(world, await converse(world), 'hello');

    runner.last.fail(new Error('password=hunter2'));
    await world.settle();

    const failures = (await world.events()).filter(({ type }) => type === 'turn.failed');
    const [{ code, message }] = failures.map(({ payload }) => payload.error) as [{ code: string; message: string }];
    expect(code).toBe('internal');
    expect(message).not.toContain('hunter2');
    const line = world.logs.find((one) => one.message === 'a runner failed');
    expect(message).toContain(line?.fields?.error_id);
    expect(line?.fields?.cause).toContain('hunter2');
  });

  it('fails with a hint when nobody brought a runner', async () => {
    const world = await createDomainWorld();

    const { turn_id } = await say(world, await converse(world), 'hello');

    expect((await standingOf(world, turn_id)).status).toBe('failed');
    const failed = (await world.events()).find(({ type }) => type === 'turn.failed');
    expect(failed?.payload.error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('`runner`') });
  });

  it('is cancelled while it runs: the signal aborts and its runner can do nothing any more', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    const { turn_id } = await say(world, id, 'hello');
    const { context } = runner.last;

    const { turn } = await world.call('turn.cancel', { turn_id, reason: 'changed my mind' });

    expect(turn.status).toBe('cancelled');
    expect(context.signal.aborted).toBe(true);
    expect((await refusal(context.say('too late'))).code).toBe('cancelled');
    expect((await refusal(context.task({ action: { type: 'CLI' }, capability: 'shell.run' }))).code).toBe('cancelled');
    context.delta('too late');
    runner.last.succeed();
    await world.settle();
    expect(await stepsOf(world, turn_id)).toEqual(['turn.queued', 'turn.started', 'turn.cancelled']);
    expect(await transcriptOf(world, id)).toEqual(['user: hello']);
    expect(world.live).toEqual([]);
    const cancelled = (await world.events()).find(({ type }) => type === 'turn.cancelled');
    expect(cancelled?.payload).toEqual({ turn_id, requested_by: deviceIdOf('operator'), reason: 'changed my mind' });
  });

  it('is cancelled once: again is the same, and what has ended cannot be', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    const first = await say(world, id, 'one');
    runner.last.succeed();
    await world.settle();
    const second = await say(world, id, 'two');
    await world.call('turn.cancel', { turn_id: second.turn_id });

    expect((await world.call('turn.cancel', { turn_id: second.turn_id })).turn.status).toBe('cancelled');
    expect(await refusal(world.call('turn.cancel', { turn_id: first.turn_id }))).toMatchObject({
      code: 'invalid_state',
      details: { turn: { status: 'succeeded' } },
    });
    expect((await stepsOf(world, second.turn_id)).filter((type) => type === 'turn.cancelled')).toHaveLength(1);
  });

  it('is cancelled when its conversation is deleted', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    const { turn_id } = await say(world, id, 'hello');

    await world.call('conversation.delete', { conversation_id: id });

    expect(runner.last.context.signal.aborted).toBe(true);
    expect((await refusal(runner.last.context.say('late'))).code).toBe('cancelled');
    expect((await stepsOf(world, turn_id)).at(-1)).toBe('turn.cancelled');
  });

  it('does not end the process when a runner forgets what it said too late', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const { turn_id } = await say(world, await converse(world), 'hello');
    await world.call('turn.cancel', { turn_id });

    // An unhandled rejection fails the whole test run.
    void runner.last.context.say('nobody waits for this');
    await world.settle();
  });

  it('waits for what its runner began to say without waiting', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    await say(world, id, 'hello');

    void runner.last.context.say('not awaited');
    runner.last.succeed();
    await world.settle();

    expect(await transcriptOf(world, id)).toEqual(['user: hello', 'assistant: not awaited']);
  });

  it('says no more than one answer of the gateway can carry', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    await say(world, await converse(world), 'hello');

    await runner.last.context.say('x'.repeat(500_000));

    expect((await refusal(runner.last.context.say('y'.repeat(500_000)))).code).toBe('overloaded');
  });

  it('ends although the store was away when it did', async () => {
    const runner = createStagedRunner();
    const disk = breakableStore();
    const world = await createDomainWorld({ runner, store: disk.store });
    const { turn_id } = await say(world, await converse(world), 'hello');

    disk.broken = true;
    runner.last.succeed();
    await world.pass(1000, 250);
    disk.broken = false;
    await world.pass(5000, 250);

    expect(await standingOf(world, turn_id)).toEqual({ status: 'succeeded', attempt: 1 });
  });

  it('runs also when its claim was kept and the store could not say so', async () => {
    const runner = createStagedRunner();
    let answersUntilLost = Number.POSITIVE_INFINITY;
    const store = createMemoryStore({
      faults: {
        afterCommit() {
          answersUntilLost -= 1;
          if (answersUntilLost === 0) throw new Error('the disk did not answer');
        },
      },
    });
    const world = await createDomainWorld({ runner, store });
    const id = await converse(world);

    // The first commit holds the message, the second one the claim.
    answersUntilLost = 2;
    const { turn_id } = await say(world, id, 'hello');
    await world.pass(1000, 250);
    expect(await standingOf(world, turn_id)).toMatchObject({ status: 'running' });
    runner.last.succeed();
    await world.settle();

    expect(await standingOf(world, turn_id)).toMatchObject({ status: 'succeeded' });
  });
});

describe('a turn that was kept while the store could not say so', () => {
  it('runs, and the one behind one whose end was', async () => {
    const runner = createStagedRunner();
    const disk = forgetfulStore();
    const world = await createDomainWorld({ runner, store: disk.store });
    const id = await converse(world);

    disk.forgetful = true;
    await expect(say(world, id, 'one')).rejects.toThrow();
    disk.forgetful = false;
    await world.pass(6000, 500);
    expect(runner.runs).toHaveLength(1);
    await say(world, id, 'two');
    disk.forgetful = true;
    runner.last.succeed();
    await world.settle();
    disk.forgetful = false;
    await world.pass(6000, 500);

    expect(runner.runs).toHaveLength(2);
    expect(runner.last.context.messages.at(-1)?.parts[0]?.text).toBe('two');
  });

  it('is aborted where it was cancelled', async () => {
    const runner = createStagedRunner();
    const disk = forgetfulStore();
    const world = await createDomainWorld({ runner, store: disk.store });
    const { turn_id } = await say(world, await converse(world), 'hello');

    disk.forgetful = true;
    await expect(world.call('turn.cancel', { turn_id })).rejects.toThrow();

    expect(runner.last.context.signal.aborted).toBe(true);
  });
});

describe('turns after a crash', () => {
  it('are taken up again with the next attempt, and say nothing twice', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    const { turn_id } = await say(world, id, 'hello');
    const first = await runner.last.context.say('one');

    const second = createStagedRunner();
    const restarted = await world.crash({ runner: second });
    await restarted.settle();

    const { context, turn } = second.last;
    expect(turn).toMatchObject({ turn_id, attempt: 2, status: 'running' });
    expect(context.attempt).toBe(2);
    expect([...context.said]).toEqual([['say-1', first]]);
    expect(context.messages.map(({ role }) => role)).toEqual(['user']);
    context.delta('one');
    expect(await context.say('one')).toEqual(first);
    const two = await context.say('two');
    second.last.succeed();
    await restarted.settle();

    expect(await transcriptOf(restarted, id)).toEqual(['user: hello', 'assistant: one', 'assistant: two']);
    expect(restarted.live).toEqual([]);
    expect(two.id).not.toBe(first.id);
    expect(await stepsOf(restarted, turn_id)).toEqual([
      'turn.queued',
      'turn.started',
      'turn.resumed',
      'turn.completed',
    ]);
    expect(repeated(await restarted.events(), [...DURABLE_STEPS, 'turn.item.created', 'message.final'])).toEqual([]);
    expect(await standingOf(restarted, turn_id)).toEqual({ status: 'succeeded', attempt: 2 });
  });

  it('are not written to by the process that ran them before', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    const { turn_id } = await say(world, id, 'hello');
    const old = runner.last;

    // The same disk, and the old process is not dead but only slow.
    const second = createStagedRunner();
    const restarted = await world.crash({ runner: second, store: world.store });
    await restarted.settle();

    expect((await refusal(old.context.say('from the past'))).code).toBe('cancelled');
    old.succeed();
    await world.settle();
    expect(await standingOf(restarted, turn_id)).toEqual({ status: 'running', attempt: 2 });
    expect(await transcriptOf(restarted, id)).toEqual(['user: hello']);
  });

  it('are started when they had not been', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner(), start: false });
    const id = await converse(world);
    const { turn_id } = await say(world, id, 'hello');
    expect(await standingOf(world, turn_id)).toEqual({ status: 'queued', attempt: 1 });

    const runner = createStagedRunner();
    const restarted = await world.crash({ runner, start: true });
    await restarted.settle();

    expect(runner.last.turn).toMatchObject({ turn_id, attempt: 1, status: 'running' });
    expect(await stepsOf(restarted, turn_id)).toEqual(['turn.queued', 'turn.started']);
  });

  it('are left to be taken up again when the domain stops', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    const { turn_id } = await say(world, id, 'hello');
    const { context } = runner.last;

    await world.domain.stop();

    expect(context.signal.reason).toBe('stopping');
    expect((await refusal(context.say('late'))).code).toBe('cancelled');
    runner.last.fail(new Error('aborted'));
    await world.settle();
    expect(await standingOf(world, turn_id)).toEqual({ status: 'running', attempt: 1 });
    expect(world.logs.filter(({ level }) => level === 'error')).toEqual([]);
    expect(world.clock.waiting).toBe(0);
    const second = createStagedRunner();
    await (await world.crash({ runner: second, store: world.store })).settle();
    expect(second.last.context.attempt).toBe(2);
  });

  it('are not taken up when they had ended', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    await say(world, id, 'one');
    runner.last.succeed();
    await world.settle();
    const { turn_id } = await say(world, id, 'two');
    await world.call('turn.cancel', { turn_id });

    const second = createStagedRunner();
    await (await world.crash({ runner: second })).settle();

    expect(second.runs).toEqual([]);
  });
});

describe('many turns', () => {
  it('leave no trace of themselves among what is to be run once they have ended', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    for (const end of ['succeed', 'fail', 'cancel', 'delete'] as const) {
      const id = await converse(world);
      const { turn_id } = await say(world, id, end);
      await say(world, id, 'waits');
      if (end === 'succeed') runner.last.succeed();
      if (end === 'fail') runner.last.fail(new ProtocolError('timeout', 'late'));
      if (end === 'cancel') await world.call('turn.cancel', { turn_id });
      if (end !== 'delete') await world.settle();
      await world.call('conversation.delete', { conversation_id: id });
    }
    await world.settle();

    const jobs = await world.store.transact(({ documents }) =>
      Promise.all(['ready', 'owned'].map((index) => documents.list('', turnJobs, { index, limit: 1 }))),
    );
    expect(jobs.flatMap(({ items }) => items)).toEqual([]);
  });

  it('run no more at a time than there is room for, and all of them in the end', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner, maxRunningTurns: 2 });
    const turnIds: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      turnIds.push((await say(world, await converse(world), `hello ${count}`)).turn_id);
      world.clock.advance(1);
    }

    expect(runner.runs).toHaveLength(2);
    for (let ended = 0; ended < 5; ended += 1) {
      runner.runs[ended]?.succeed();
      await world.settle();
    }

    expect(runner.runs.map(({ turn }) => turn.turn_id)).toEqual(turnIds);
    for (const turnId of turnIds) expect((await standingOf(world, turnId)).status).toBe('succeeded');
  });

  it('are all taken up after a crash, as room permits', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner() });
    for (let count = 0; count < 150; count += 1)
      await world.call('conversation.send', {
        conversation_id: (await world.call('conversation.create', {})).conversation.conversation_id,
        content: [{ type: 'text', text: 'hello' }],
      });
    await world.settle();

    const runner = createStagedRunner();
    const restarted = await world.crash({ runner, maxRunningTurns: 100 });
    await restarted.pass(100);
    expect(runner.runs).toHaveLength(100);
    for (let at = 0; at < 150; at += 1) {
      runner.runs[at]?.succeed();
      await restarted.settle();
    }

    expect(new Set(runner.runs.map(({ turn }) => turn.turn_id)).size).toBe(150);
    expect(runner.runs.every(({ context }) => context.attempt === 2)).toBe(true);
  });
});
