import { describe, expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { echoRunner } from './echo-runner.ts';
import { converse, say, standingOf, transcriptOf } from './test-support/conversation-steps.ts';
import { createDomainWorld } from './test-support/domain-world.ts';
import { pairedNode } from './test-support/pairing-steps.ts';
import { lastExecution } from './test-support/task-steps.ts';

const deltasOf = (live: readonly { readonly payload: Record<string, unknown> }[]) =>
  live.map(({ payload }) => payload.delta);

describe('the echo runner', () => {
  it('says the message back word by word, then whole [EV-5]', async () => {
    const world = await createDomainWorld({ runner: echoRunner() });
    const id = await converse(world);

    await say(world, id, ' hello  to\nyou ');

    expect(await transcriptOf(world, id)).toEqual(['user:  hello  to\nyou ', 'assistant:  hello  to\nyou ']);
    expect(deltasOf(world.live)).toEqual([' ', 'hello  ', 'to\n', 'you ']);
  });

  it('paces its words, and goes on after a crash without saying anything twice', async () => {
    const clock = createManualClock();
    const options = { clock, runner: echoRunner({ clock, pauseMs: 100 }) };
    const world = await createDomainWorld(options);
    const id = await converse(world);
    const { turn_id } = await say(world, id, 'one two three');
    await world.pass(200, 100);
    expect(deltasOf(world.live)).toEqual(['one ', 'two ']);

    const restarted = await world.crash();
    await restarted.settle();
    await restarted.pass(300, 100);

    expect(await standingOf(restarted, turn_id)).toEqual({ status: 'succeeded', attempt: 2 });
    expect(await transcriptOf(restarted, id)).toEqual(['user: one two three', 'assistant: one two three']);
  });

  it('stops when it is told to', async () => {
    const clock = createManualClock();
    const world = await createDomainWorld({ clock, runner: echoRunner({ clock, pauseMs: 100 }) });
    const id = await converse(world);
    const { turn_id } = await say(world, id, 'one two three');
    await world.pass(100);

    await world.call('turn.cancel', { turn_id });
    await world.pass(1000, 100);

    expect(deltasOf(world.live)).toEqual(['one ']);
    expect(await transcriptOf(world, id)).toEqual(['user: one two three']);
  });

  it('has a node do something and says what came of it', async () => {
    const world = await createDomainWorld({ runner: echoRunner() });
    const peer = await pairedNode(world, 'drill');
    const id = await converse(world);

    await say(world, id, '/task shell.run {"name":"uptime"}');
    expect(lastExecution(peer).payload.action).toEqual({ type: 'Node', args: { name: 'uptime' } });
    lastExecution(peer).answer({ result: { load: 0.1 } });
    await world.settle();

    expect((await transcriptOf(world, id)).at(-1)).toBe('assistant: {"load":0.1}');
  });

  it('says how a task ended that was not done', async () => {
    const world = await createDomainWorld({ runner: echoRunner() });
    const id = await converse(world);
    await say(world, id, '/task shell.run');
    const { tasks } = await world.call('task.list', {});

    await world.call('task.cancel', { task_id: tasks[0]?.task_id as string, reason: 'no' });
    await world.settle();

    expect((await transcriptOf(world, id)).at(-1)).toBe('assistant: shell.run ended as cancelled: no');
  });

  it.each(['/task', '/task shell.run {oops', '/task shell.run [1]'])('explains %s', async (text) => {
    const world = await createDomainWorld({ runner: echoRunner() });
    const id = await converse(world);

    await say(world, id, text);

    expect((await transcriptOf(world, id)).at(-1)).toContain('expected: /task <capability>');
  });
});
