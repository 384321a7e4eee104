import { describe, expect, it } from 'vitest';
import { echoRunner } from '../echo-runner.ts';
import { converse, say } from '../test-support/conversation-steps.ts';
import { createDomainWorld, type DomainWorld, refusal } from '../test-support/domain-world.ts';
import { createStagedRunner } from '../test-support/staged-runner.ts';

async function create(world: DomainWorld, payload: { agent_key?: string; channel?: string } = {}): Promise<string> {
  world.clock.advance(1000);
  return (await world.call('conversation.create', payload)).conversation.conversation_id;
}

const keyOf = (id: string) => `agent:default:api:dm:${id}`;

describe('a transcript', () => {
  it('is read by the key of its conversation, in pages, oldest message first within each', async () => {
    const world = await createDomainWorld({ runner: echoRunner() });
    const id = await converse(world);
    for (const text of ['one', 'two', 'three']) await say(world, id, text);

    const newest = await world.call('transcript.get', { conversation_key: keyOf(id), limit: 4 });
    const older = await world.call('transcript.get', {
      conversation_key: keyOf(id),
      limit: 4,
      before: newest.messages_before as string,
    });

    const textsOf = ({ messages }: typeof newest) => messages.map(({ role, parts }) => `${role}: ${parts[0]?.text}`);
    expect(newest.conversation).toMatchObject({ conversation_id: id, message_count: 6 });
    expect(textsOf(newest)).toEqual(['user: two', 'assistant: two', 'user: three', 'assistant: three']);
    expect(textsOf(older)).toEqual(['user: one', 'assistant: one']);
    expect(older.messages_before).toBeNull();
  });

  it.each([['agent:default:api:dm:conv_none'], ['agent:default:main'], ['no key at all']])(
    'is not found under %s',
    async (conversation_key) => {
      const world = await createDomainWorld();
      await converse(world);

      expect(await refusal(world.call('transcript.get', { conversation_key }))).toMatchObject({ code: 'not_found' });
    },
  );

  it('is not found under the key of another agent, of another tenant, or after it was deleted', async () => {
    const world = await createDomainWorld();
    const id = await converse(world);
    const codeOf = async (conversation_key: string, tenant?: string) =>
      (await refusal(world.call('transcript.get', { conversation_key }, tenant === undefined ? {} : { tenant }))).code;

    const others = [await codeOf(`agent:other:api:dm:${id}`), await codeOf(keyOf(id), 'other')];
    await world.call('conversation.delete', { conversation_id: id });

    expect([...others, await codeOf(keyOf(id))]).toEqual(['not_found', 'not_found', 'not_found']);
  });

  it('refuses a place that another transcript named [ER-3]', async () => {
    const world = await createDomainWorld({ runner: echoRunner() });
    const [one, other] = [await converse(world), await converse(world)];
    await say(world, one, 'one');
    const { messages_before } = await world.call('transcript.get', { conversation_key: keyOf(one), limit: 1 });

    const refused = await refusal(
      world.call('transcript.get', { conversation_key: keyOf(other), before: messages_before as string }),
    );

    expect(refused).toMatchObject({ code: 'contract_error', details: { issues: [{ path: ['payload', 'before'] }] } });
  });
});

describe('the list of transcripts', () => {
  const idsOf = ({ conversations }: { conversations: { conversation_id: string }[] }) =>
    conversations.map(({ conversation_id }) => conversation_id);

  it('has archived conversations too unless it is asked for one kind, the last changed first', async () => {
    const world = await createDomainWorld();
    const [first, second] = [await create(world), await create(world, { agent_key: 'other', channel: 'mail' })];
    world.clock.advance(1000);
    await world.call('conversation.archive', { conversation_id: first, archived: true });

    const list = async (payload: Parameters<typeof world.call<'transcript.list'>>[1]) =>
      idsOf(await world.call('transcript.list', payload));

    expect(await list({})).toEqual([first, second]);
    expect(await list({ archived: true })).toEqual([first]);
    expect(await list({ archived: false })).toEqual([second]);
    expect(await list({ agent_key: 'other' })).toEqual([second]);
    expect(await list({ channel: 'mail', archived: true })).toEqual([]);
    const page = await world.call('transcript.list', { limit: 1 });
    expect([idsOf(page), await list({ limit: 1, cursor: page.next_cursor as string })]).toEqual([[first], [second]]);
  });

  it('has only those with a turn that has not ended when it is asked for them, each once, in pages', async () => {
    const runner = createStagedRunner();
    const world = await createDomainWorld({ runner });
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await create(world, count === 3 ? { agent_key: 'other' } : {}));
    const [first, second, , fourth, fifth] = ids as [string, string, string, string, string];
    for (const id of [first, second, first, fourth, fifth, second]) {
      world.clock.advance(1000);
      await say(world, id, 'hello');
    }
    runner.runs.find(({ turn }) => turn.conversation_id === fifth)?.succeed();
    await world.settle();

    const found: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await world.call('transcript.list', { active_only: true, limit: 1, ...(cursor && { cursor }) });
      found.push(idsOf(page));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);

    expect(found.flat()).toEqual([second, fourth, first]);
    expect(idsOf(await world.call('transcript.list', { active_only: true, agent_key: 'other' }))).toEqual([fourth]);
    expect(idsOf(await world.call('transcript.list', { active_only: true, archived: true }))).toEqual([]);
  });
});
