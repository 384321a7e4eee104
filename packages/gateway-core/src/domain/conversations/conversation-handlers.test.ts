import { describe, expect, it } from 'vitest';
import { converse, say, transcriptOf } from '../test-support/conversation-steps.ts';
import { createDomainWorld, refusal } from '../test-support/domain-world.ts';
import { createStagedRunner } from '../test-support/staged-runner.ts';
import { turnItems, turns } from '../turns/turn-records.ts';
import { messages } from './conversation-records.ts';

const text = (value: string) => [{ type: 'text', text: value }];

describe('conversations', () => {
  it('are created with a key of their own and what is asked for', async () => {
    const world = await createDomainWorld();

    const { conversation } = await world.call('conversation.create', {
      agent_key: 'cook',
      channel: 'web',
      title: 'Soup',
    });

    expect(conversation).toMatchObject({
      agent_key: 'cook',
      channel: 'web',
      title: 'Soup',
      message_count: 0,
      last_message: null,
      archived: false,
      queue_mode: 'followup',
      messages: [],
      thread_id: conversation.conversation_id,
    });
    const [created] = await world.events();
    expect(created).toMatchObject({
      type: 'conversation.created',
      scope: { kind: 'conversation', id: `agent:cook:web:dm:${conversation.conversation_id}` },
    });
  });

  it('refuse an agent whose name would break the key [ER-3]', async () => {
    const world = await createDomainWorld();

    const error = await refusal(world.call('conversation.create', { agent_key: 'a:b' }));

    expect(error.code).toBe('contract_error');
    expect(error.details).toEqual({
      issues: [{ path: ['payload', 'agent_key'], message: 'expected text without a colon' }],
    });
  });

  it('are listed by their last change, in pages that lose and repeat nothing', async () => {
    const world = await createDomainWorld();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.push(await converse(world));
      world.clock.advance(10);
    }
    await world.call('conversation.archive', { conversation_id: ids[1] as string, archived: true });
    await say(world, ids[0] as string, 'the oldest is touched');

    const first = await world.call('conversation.list', { limit: 2 });
    const second = await world.call('conversation.list', { limit: 2, cursor: first.next_cursor as string });

    expect(first.conversations.map((one) => one.conversation_id)).toEqual([ids[0], ids[4]]);
    expect(second.conversations.map((one) => one.conversation_id)).toEqual([ids[3], ids[2]]);
    expect(second.next_cursor).toBeNull();
    const archived = await world.call('conversation.list', { archived: true });
    expect(archived.conversations.map((one) => one.conversation_id)).toEqual([ids[1]]);
  });

  it('are listed by agent, by channel and by both', async () => {
    const world = await createDomainWorld();
    const made = new Map<string, string>();
    for (const [agent_key, channel] of [
      ['a', 'x'],
      ['a', 'y'],
      ['b', 'x'],
    ] as const) {
      const { conversation } = await world.call('conversation.create', { agent_key, channel });
      made.set(conversation.conversation_id, agent_key + channel);
    }
    const names = async (filter: { agent_key?: string; channel?: string }) =>
      (await world.call('conversation.list', filter)).conversations.map((one) => made.get(one.conversation_id)).sort();

    expect(await names({ agent_key: 'a' })).toEqual(['ax', 'ay']);
    expect(await names({ channel: 'x' })).toEqual(['ax', 'bx']);
    expect(await names({ agent_key: 'b', channel: 'x' })).toEqual(['bx']);
    expect(await names({ agent_key: 'b', channel: 'y' })).toEqual([]);
  });

  it.each(['nonsense', 'AAAA', Buffer.from('["turns","a","b"]').toString('base64url')])(
    'refuse the page cursor %s [ER-3]',
    async (cursor) => {
      const world = await createDomainWorld();

      const error = await refusal(world.call('conversation.list', { cursor }));

      expect(error.code).toBe('contract_error');
      expect(error.details).toMatchObject({ issues: [{ path: ['payload', 'cursor'] }] });
    },
  );

  it('are read with their newest messages, and further back page by page', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner() });
    const id = await converse(world);
    for (let count = 1; count <= 5; count += 1) await say(world, id, `message ${count}`, `m${count}`);

    const newest = await world.call('conversation.get', { conversation_id: id, limit: 2 });
    const before = newest.conversation.messages_before as string;
    const older = await world.call('conversation.get', { conversation_id: id, limit: 2, before });
    const oldest = await world.call('conversation.get', {
      conversation_id: id,
      limit: 2,
      before: older.conversation.messages_before as string,
    });

    const ids = [newest, older, oldest].map(({ conversation }) => conversation.messages.map((message) => message.id));
    expect(ids).toEqual([['m4', 'm5'], ['m2', 'm3'], ['m1']]);
    expect(oldest.conversation.messages_before).toBeNull();
    expect(newest.conversation.message_count).toBe(5);
  });

  it('refuse a message cursor of another conversation [ER-3]', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner() });
    const [one, other] = [await converse(world), await converse(world)];
    await say(world, one, 'first');
    await say(world, one, 'second');
    const { conversation } = await world.call('conversation.get', { conversation_id: one, limit: 1 });

    const error = await refusal(
      world.call('conversation.get', { conversation_id: other, before: conversation.messages_before as string }),
    );

    expect(error.details).toMatchObject({ issues: [{ path: ['payload', 'before'] }] });
  });

  it('hand out as much as fits into a frame, and the rest on the next page', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner() });
    const id = await converse(world);
    for (const name of ['m1', 'm2', 'm3']) await say(world, id, name.repeat(150_000), name);

    const { conversation } = await world.call('conversation.get', { conversation_id: id });

    expect(conversation.messages.map((message) => message.id)).toEqual(['m2', 'm3']);
    expect(JSON.stringify(conversation).length).toBeLessThan(1_048_576);
    expect(conversation.messages_before).toEqual(expect.any(String));
  });

  it('keep what a user said, tell it and count it, in one transaction [EV-2]', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner() });
    const id = await converse(world);
    const before = (await world.events()).length;

    const sent = await world.call('conversation.send', {
      conversation_id: id,
      content: [
        ...text('hello '),
        { type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' },
        ...text('there'),
      ],
      metadata: { mood: 'good' },
    });

    const events = (await world.events()).slice(before);
    expect(events.map(({ type }) => type)).toEqual([
      'turn.queued',
      'turn.updated',
      'message.final',
      'conversation.updated',
    ]);
    expect(events[2]?.payload).toEqual({
      conversation_id: id,
      message_id: sent.message_id,
      role: 'user',
      content: 'hello there',
      turn_id: sent.turn_id,
    });
    const { conversation } = await world.call('conversation.get', { conversation_id: id });
    expect(conversation.messages[0]).toMatchObject({ id: sent.message_id, role: 'user', metadata: { mood: 'good' } });
    expect(conversation.last_message).toEqual({ role: 'user', text: 'hello there' });
    expect(events[3]?.payload).toMatchObject({ conversation: { message_count: 1 } });
  });

  it('refuse a message id that they have already, and say which', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner() });
    const id = await converse(world);
    await say(world, id, 'first', 'm1');

    const error = await refusal(say(world, id, 'second', 'm1'));

    expect(error).toMatchObject({ code: 'conflict', details: { message_id: 'm1' } });
    expect(await transcriptOf(world, id)).toEqual(['user: first']);
  });

  it('refuse a message without content and one that no frame could carry [ER-3]', async () => {
    const world = await createDomainWorld();
    const conversation_id = await converse(world);

    const empty = await refusal(world.call('conversation.send', { conversation_id, content: [] }));
    const huge = await refusal(
      world.call('conversation.send', { conversation_id, content: text('x'.repeat(920_000)) }),
    );

    for (const error of [empty, huge])
      expect(error.details).toMatchObject({ issues: [{ path: ['payload', 'content'] }] });
  });

  it('answer the last user message once more', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const conversation_id = await converse(world);
    await say(world, conversation_id, 'first', 'm1');
    await runner.last.context.say('one');
    runner.last.succeed();
    await world.settle();
    await say(world, conversation_id, 'second', 'm2');
    await runner.last.context.say('two');
    runner.last.succeed();
    await world.settle();

    const again = await world.call('conversation.send', { conversation_id, content: [], regenerate: true });
    await world.settle();

    expect(again.message_id).toBe('m2');
    expect(runner.last.turn.turn_id).toBe(again.turn_id);
    const given = runner.last.context.messages.map(({ parts }) => parts[0]?.text);
    expect(given).toEqual(['first', 'one', 'second']);
  });

  it('refuse to answer once more where nothing was said, something else is said, or it is not the last', async () => {
    const world = await createDomainWorld({ runner: createStagedRunner() });
    const conversation_id = await converse(world);
    const regenerate = { conversation_id, content: [], regenerate: true };

    expect((await refusal(world.call('conversation.send', regenerate))).code).toBe('invalid_state');
    await say(world, conversation_id, 'first', 'm1');
    await say(world, conversation_id, 'second', 'm2');
    expect(await refusal(world.call('conversation.send', { ...regenerate, message_id: 'm1' }))).toMatchObject({
      code: 'invalid_state',
      details: { message_id: 'm2' },
    });
    expect((await refusal(world.call('conversation.send', { ...regenerate, content: text('x') }))).code).toBe(
      'contract_error',
    );
  });

  it('are deleted with their messages, turns and items, also a long history', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const id = await converse(world);
    const other = await converse(world);
    const { turn_id } = await say(world, id, 'hello');
    for (let count = 0; count < 130; count += 1) await runner.last.context.say(`part ${count}`);
    await say(world, other, 'stays');

    await world.call('conversation.delete', { conversation_id: id });
    expect((await refusal(world.call('conversation.get', { conversation_id: id }))).code).toBe('not_found');
    await world.pass(1000, 100);

    expect((await refusal(world.call('turn.get', { turn_id }))).code).toBe('not_found');
    const left = await world.store.transact(async ({ documents }) => [
      ...(await documents.list('acme', messages, { index: 'order', prefix: [id], limit: 1 })).items,
      ...(await documents.list('acme', turnItems, { index: 'turn', prefix: [turn_id], limit: 1 })).items,
      ...(await documents.list('acme', turns, { index: 'conversation', prefix: [id], limit: 1 })).items,
    ]);
    expect(left).toEqual([]);
    expect(await transcriptOf(world, other)).toEqual(['user: stays']);
    expect((await world.events()).filter(({ type }) => type === 'conversation.deleted')).toHaveLength(1);
  });

  it('say nothing when nothing changes', async () => {
    const world = await createDomainWorld();
    const conversation_id = await converse(world);
    const before = (await world.events()).length;

    await world.call('conversation.archive', { conversation_id, archived: false });
    await world.call('conversation.queue_mode.set', { conversation_id, queue_mode: 'followup' });

    expect(await world.events()).toHaveLength(before);
  });

  it('belong to their tenant alone', async () => {
    const world = await createDomainWorld();
    const conversation_id = await converse(world);

    const error = await refusal(world.call('conversation.get', { conversation_id }, { tenant: 'other' }));

    expect(error.code).toBe('not_found');
    expect((await world.call('conversation.list', {}, { tenant: 'other' })).conversations).toEqual([]);
  });

  it('name the stream of the turn that runs, whose id is the turn id [RV-16]', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const conversation_id = await converse(world);
    expect(await world.call('conversation.reconnect', { conversation_id })).toBeNull();
    const { turn_id } = await say(world, conversation_id, 'hello');

    const restarted = await world.crash({ runner: createStagedRunner() });

    expect(await restarted.call('conversation.reconnect', { conversation_id })).toEqual({ stream_id: turn_id });
  });
});
