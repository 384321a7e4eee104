import { describe, expect, it } from 'vitest';
import { converse, say } from '../test-support/conversation-steps.ts';
import { createDomainWorld } from '../test-support/domain-world.ts';
import { createStagedRunner } from '../test-support/staged-runner.ts';

async function createTurn() {
  const runner = createStagedRunner();
  const world = await createDomainWorld({ runner });
  const conversation_id = await converse(world);
  const { turn_id } = await say(world, conversation_id, 'hello');
  return { world, runner, conversation_id, turn_id, context: runner.last.context };
}

const spent = { duration_ms: 1, input_tokens: 2, output_tokens: 3, total_tokens: 5, usd_micros: 8 };

describe('a runner', () => {
  it('says what a turn does beside its answer, about the conversation', async () => {
    const { world, context, conversation_id, turn_id } = await createTurn();
    const place = { conversation_id, thread_id: conversation_id };
    const scope = { kind: 'turn', turn_id } as const;

    context.events.emit('typing.started', { conversation_id });
    await context.events.append('tool.lifecycle', {
      ...place,
      tool_call_id: 'call_1',
      tool_id: 'shell',
      status: 'running',
      summary: 'uptime',
      turn_id,
    });
    await context.events.append('context_report.created', { turn_id, report: { files: 3 } });
    await context.events.append('usage.snapshot', { scope, local: { totals: spent }, provider: null }, { scope });
    await context.events.append('delivery.receipt', { ...place, channel: 'mail', status: 'sent' });
    await context.events.append('formatting.fallback', { conversation_id, message_id: 'msg_1', reason: 'no tables' });

    const said = (await world.events()).slice(-5);
    expect(said.map(({ type, scope: about }) => [type, about?.kind])).toEqual([
      ['tool.lifecycle', 'conversation'],
      ['context_report.created', 'conversation'],
      ['usage.snapshot', 'turn'],
      ['delivery.receipt', 'conversation'],
      ['formatting.fallback', 'conversation'],
    ]);
    expect(world.live.at(-1)).toEqual({ tenant: 'acme', type: 'typing.started', payload: { conversation_id } });
  });

  it('tells how much of a message and of its reasoning has been streamed', async () => {
    const { world, context } = await createTurn();

    context.delta('hel');
    context.delta('lo');
    await context.say('hello');
    context.delta('bye');
    context.reasoningDelta('be');
    context.reasoningDelta('cause');
    await context.reasoning('because');
    await context.reasoning('that is all');

    const pieces = world.live.filter(({ type }) => type.endsWith('.delta'));
    expect(pieces.map(({ type, payload }) => [type, payload.offset, payload.delta])).toEqual([
      ['message.delta', 0, 'hel'],
      ['message.delta', 3, 'lo'],
      ['message.delta', 0, 'bye'],
      ['reasoning.delta', 0, 'be'],
      ['reasoning.delta', 2, 'cause'],
    ]);
    const wholes = (await world.events()).filter(
      ({ type, payload }) => type.endsWith('.final') && payload.role !== 'user',
    );
    expect(wholes.map(({ payload }) => [payload.content, payload.streamed])).toEqual([
      ['hello', 5],
      ['because', 7],
      ['that is all', 0],
    ]);
    const ids = wholes.slice(1).map(({ payload }) => payload.reasoning_id);
    expect(pieces.slice(3).map(({ payload }) => payload.reasoning_id)).toEqual([ids[0], ids[0]]);
    expect(ids[1]).not.toBe(ids[0]);
  });

  it('reasons under the same id again after a crash', async () => {
    const { world, context } = await createTurn();
    await context.reasoning('because', 'why');
    const runner = createStagedRunner();
    const next = await world.crash({ runner });
    await next.settle();

    await runner.last.context.reasoning('because', 'why');

    const finals = (await next.events()).filter(({ type }) => type === 'reasoning.final');
    expect(finals).toHaveLength(2);
    expect(new Set(finals.map(({ payload }) => payload.reasoning_id)).size).toBe(1);
  });

  it('says nothing more once its turn has ended', async () => {
    const { world, context, turn_id, conversation_id } = await createTurn();
    await world.call('turn.cancel', { turn_id });
    await world.settle();
    const before = [(await world.events()).length, world.live.length];

    const late = context.events.append('context_report.created', { turn_id, report: {} });
    context.events.emit('typing.started', { conversation_id });
    context.reasoningDelta('too late');

    await expect(late).rejects.toMatchObject({ code: 'cancelled' });
    await expect(context.reasoning('too late')).rejects.toMatchObject({ code: 'cancelled' });
    expect([(await world.events()).length, world.live.length]).toEqual(before);
  });
});
