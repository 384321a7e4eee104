import type { UIMessage } from '@tyrum/contracts';
import { describe, expect, it } from 'vitest';
import { converse, say, standingOf, transcriptOf } from '../test-support/conversation-steps.ts';
import { createDomainWorld, type DomainWorld, refusal } from '../test-support/domain-world.ts';
import { createStagedRunner } from '../test-support/staged-runner.ts';

const texts = (messages: readonly UIMessage[]) => messages.map(({ parts }) => parts[0]?.text);

/** A conversation of a mode whose first turn runs. */
async function running(mode: 'steer' | 'steer_backlog' | 'followup' | 'collect' | 'interrupt') {
  const runner = createStagedRunner();
  const world = await createDomainWorld({ runner });
  const id = await converse(world, mode);
  const first = await say(world, id, 'one');
  return { runner, world, id, first };
}

/** Ends every turn that runs until none does, and resolves with how many ran. */
async function runOut(world: DomainWorld, runner: ReturnType<typeof createStagedRunner>): Promise<number> {
  for (let ended = 0; ended < runner.runs.length; ended += 1) {
    runner.runs[ended]?.succeed();
    await world.settle();
  }
  return runner.runs.length;
}

describe('steering', () => {
  it('gives the turn that runs what was said meanwhile, once, and queues no turn for it', async () => {
    const { runner, world, id, first } = await running('steer');
    const { context } = runner.last;
    expect(await context.steering()).toEqual([]);
    const second = await say(world, id, 'two');
    await say(world, id, 'three');

    expect(texts(await context.steering())).toEqual(['two', 'three']);

    expect(await context.steering()).toEqual([]);
    await context.say('answer to all');
    await world.settle();
    expect(await standingOf(world, second.turn_id)).toMatchObject({ status: 'cancelled' });
    const cancelled = (await world.events()).find(({ type }) => type === 'turn.cancelled');
    expect(cancelled?.payload).toMatchObject({
      turn_id: second.turn_id,
      reason: `turn ${first.turn_id} took in what it would have answered`,
    });
    expect(await runOut(world, runner)).toBe(1);
    expect((await standingOf(world, first.turn_id)).status).toBe('succeeded');
    expect(await transcriptOf(world, id)).toEqual([
      'user: one',
      'user: two',
      'user: three',
      'assistant: answer to all',
    ]);
  });

  it('leaves what no runner takes in to a turn of its own', async () => {
    const { runner, world, id } = await running('steer');
    await say(world, id, 'two');

    runner.last.succeed();
    await world.settle();

    expect(texts(runner.last.context.messages)).toEqual(['one', 'two']);
    expect(await runOut(world, runner)).toBe(2);
  });

  it.each(['followup', 'collect', 'interrupt'] as const)('takes nothing in while the mode is %s', async (mode) => {
    const { runner, world, id } = await running('steer');
    await say(world, id, 'two');
    await world.call('conversation.queue_mode.set', { conversation_id: id, queue_mode: mode });

    expect(await runner.last.context.steering()).toEqual([]);

    expect(await runOut(world, runner)).toBe(2);
  });

  it.each([
    { mode: 'steer', takesIn: ['four'], turns: 3 },
    { mode: 'steer_backlog', takesIn: ['three', 'four'], turns: 2 },
  ] as const)('in the mode $mode takes in $takesIn of what waits', async ({ mode, takesIn, turns }) => {
    const { runner, world, id } = await running(mode);
    await say(world, id, 'two');
    await say(world, id, 'three');
    runner.last.succeed();
    await world.settle();

    // The turn of `two` runs: what was said before it began is its backlog.
    await say(world, id, 'four');
    expect(texts(await runner.last.context.steering())).toEqual(takesIn);

    expect(await runOut(world, runner)).toBe(turns);
  });

  it.each([
    ['steer', []],
    ['steer_backlog', ['two']],
  ] as const)('in the mode %s takes in %j of what was said before the turn began', async (mode, takesIn) => {
    const world = await createDomainWorld({ runner: createStagedRunner(), start: false });
    const id = await converse(world, mode);
    await say(world, id, 'one');
    await say(world, id, 'two');

    const runner = createStagedRunner();
    await (await world.crash({ runner, start: true })).settle();

    expect(texts(await runner.last.context.steering())).toEqual(takesIn);
  });

  it('is history to the turn that waits longer', async () => {
    const { runner, world, id } = await running('steer');
    await say(world, id, 'two');
    await say(world, id, 'three');
    runner.last.succeed();
    await world.settle();
    await say(world, id, 'four');
    await runner.last.context.steering();
    await runner.last.context.say('answer to two and four');
    runner.last.succeed();
    await world.settle();

    expect(texts(runner.last.context.messages)).toEqual(['one', 'two', 'four', 'answer to two and four', 'three']);
  });

  it('is not undone by a crash: the next attempt has what was taken in among its messages', async () => {
    const { runner, world, id, first } = await running('steer');
    await say(world, id, 'two');
    await runner.last.context.steering();
    await say(world, id, 'three');

    const next = createStagedRunner();
    const restarted = await world.crash({ runner: next });
    await restarted.settle();

    expect(next.last.turn.turn_id).toBe(first.turn_id);
    expect(texts(next.last.context.messages)).toEqual(['one', 'two']);
    expect(texts(await next.last.context.steering())).toEqual(['three']);
    expect(await runOut(restarted, next)).toBe(1);
  });

  it('lets the last message be answered once more without what was said to it', async () => {
    const { runner, world, id } = await running('steer');
    await runner.last.context.say('answer to one');
    await say(world, id, 'two');
    await runner.last.context.steering();
    await runner.last.context.say('answer to two');
    runner.last.succeed();
    await world.settle();

    await world.call('conversation.send', { conversation_id: id, content: [], regenerate: true });
    await world.settle();

    expect(texts(runner.last.context.messages)).toEqual(['one', 'answer to one', 'two']);
  });

  it('takes in no request to answer once more', async () => {
    const { runner, world, id } = await running('steer_backlog');
    await world.call('conversation.send', { conversation_id: id, content: [], regenerate: true });
    await world.settle();

    expect(await runner.last.context.steering()).toEqual([]);
    expect(await runOut(world, runner)).toBe(2);
  });

  it('takes in so many messages that one turn answers 64, and leaves the others', async () => {
    const { runner, world, id } = await running('steer');
    for (let count = 2; count <= 66; count += 1) await say(world, id, `message ${count}`);

    expect(await runner.last.context.steering()).toHaveLength(63);
    expect(await runner.last.context.steering()).toEqual([]);
  });

  it('is refused once the turn has ended', async () => {
    const { runner, world, id, first } = await running('steer');
    await world.call('turn.cancel', { turn_id: first.turn_id });
    await say(world, id, 'two');

    expect((await refusal(runner.runs[0]?.context.steering() ?? Promise.resolve())).code).toBe('cancelled');
  });
});
