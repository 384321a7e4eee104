import { describe, expect, it } from 'vitest';
import { converse, say, standingOf, transcriptOf } from '../test-support/conversation-steps.ts';
import { createDomainWorld, refusal } from '../test-support/domain-world.ts';
import { createStagedRunner, type StagedRunner } from '../test-support/staged-runner.ts';

const asked = (runner: StagedRunner) => runner.last.context.messages.map(({ parts }) => parts[0]?.text);

describe('the queue mode', () => {
  it.each(['followup', 'steer'] as const)('%s runs one turn after the other', async (mode) => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world, mode);

    const first = await say(world, id, 'one');
    const second = await say(world, id, 'two');
    expect(runner.runs).toHaveLength(1);
    expect(await standingOf(world, second.turn_id)).toEqual({ status: 'queued', attempt: 1 });
    await runner.last.context.say('answer to one');
    runner.last.succeed();
    await world.settle();

    expect(await standingOf(world, first.turn_id)).toEqual({ status: 'succeeded', attempt: 1 });
    expect(runner.last.turn.turn_id).toBe(second.turn_id);
    // The second message was said before the first answer, and is what this turn answers.
    expect(asked(runner)).toEqual(['one', 'answer to one', 'two']);
  });

  it('followup shows a turn nothing of what waits behind it', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner(), start: false });
    const id = await converse(world);
    await say(world, id, 'one');
    await say(world, id, 'two');

    const runner = createStagedRunner();
    await (await world.crash({ runner, start: true })).settle();

    expect(asked(runner)).toEqual(['one']);
  });

  it('interrupt cancels what has not ended and runs the new turn', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    const first = await say(world, id, 'one');
    const second = await say(world, id, 'two');
    await world.call('conversation.queue_mode.set', { conversation_id: id, queue_mode: 'interrupt' });

    const third = await say(world, id, 'three');

    expect(runner.runs[0]?.context.signal.aborted).toBe(true);
    expect((await standingOf(world, first.turn_id)).status).toBe('cancelled');
    expect((await standingOf(world, second.turn_id)).status).toBe('cancelled');
    expect(runner.last.turn.turn_id).toBe(third.turn_id);
    expect(asked(runner)).toEqual(['one', 'two', 'three']);
  });

  it('collect lets messages join the turn that waits', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world, 'collect');
    const first = await say(world, id, 'one');

    const second = await say(world, id, 'two');
    const third = await say(world, id, 'three');

    expect(second.turn_id).not.toBe(first.turn_id);
    expect(third.turn_id).toBe(second.turn_id);
    runner.last.succeed();
    await world.settle();
    expect(runner.runs).toHaveLength(2);
    expect(asked(runner)).toEqual(['one', 'two', 'three']);
    await runner.last.context.say('both');
    runner.last.succeed();
    await world.settle();
    const again = await world.call('conversation.send', { conversation_id: id, content: [], regenerate: true });
    await world.settle();
    expect(runner.last.turn.turn_id).toBe(again.turn_id);
    expect(asked(runner)).toEqual(['one', 'two', 'three']);
  });

  it('collect does not join a turn that has started', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world, 'collect');

    const first = await say(world, id, 'one');
    const second = await say(world, id, 'two');

    expect(second.turn_id).not.toBe(first.turn_id);
    expect(asked(runner)).toEqual(['one']);
  });
});

describe('a lane', () => {
  it('goes on when the turn in front is cancelled', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    const first = await say(world, id, 'one');
    const second = await say(world, id, 'two');
    const third = await say(world, id, 'three');

    await world.call('turn.cancel', { turn_id: second.turn_id });
    await world.settle();
    expect(runner.runs).toHaveLength(1);
    await world.call('turn.cancel', { turn_id: first.turn_id });
    await world.settle();

    expect(runner.last.turn.turn_id).toBe(third.turn_id);
    expect(runner.runs).toHaveLength(2);
  });

  it('goes on behind a turn that failed', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    await say(world, id, 'one');
    const second = await say(world, id, 'two');

    runner.last.fail(new Error('boom'));
    await world.settle();

    expect(runner.last.turn.turn_id).toBe(second.turn_id);
  });

  it('holds a bounded number of turns, and says so', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    for (let count = 0; count < 257; count += 1) {
      await world.call('conversation.send', { conversation_id: id, content: [{ type: 'text', text: `${count}` }] });
    }

    expect((await refusal(say(world, id, 'one too many'))).code).toBe('overloaded');
    expect(await transcriptOf(world, id)).toHaveLength(257);
    await world.call('conversation.delete', { conversation_id: id });
    const events = await world.events();
    expect(events.filter(({ type }) => type === 'turn.cancelled')).toHaveLength(257);
  });

  it('lists turns newest first, by status and by conversation', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const [one, other] = [await converse(world), await converse(world)];
    const ids: string[] = [];
    for (const [conversation, text] of [
      [one, 'a'],
      [one, 'b'],
      [other, 'c'],
      [one, 'd'],
    ] as const) {
      ids.push((await say(world, conversation, text)).turn_id);
      world.clock.advance(5);
    }
    const list = async (filter: { statuses?: 'running'[] | ('running' | 'queued')[]; conversation_id?: string }) =>
      (await world.call('turn.list', filter)).turns.map(({ turn }) => ids.indexOf(turn.turn_id));

    expect(await list({})).toEqual([3, 2, 1, 0]);
    expect(await list({ statuses: ['running'] })).toEqual([2, 0]);
    expect(await list({ conversation_id: one })).toEqual([3, 1, 0]);
    expect(await list({ conversation_id: one, statuses: ['queued', 'running'] })).toEqual([3, 1, 0]);
    const first = await world.call('turn.list', { limit: 3 });
    const rest = await world.call('turn.list', { limit: 3, cursor: first.next_cursor as string });
    expect([...first.turns, ...rest.turns].map(({ turn }) => ids.indexOf(turn.turn_id))).toEqual([3, 2, 1, 0]);
    expect(rest).toMatchObject({ next_cursor: null, turns: [{ agent_key: 'default', trigger_kind: 'message' }] });
  });
});
