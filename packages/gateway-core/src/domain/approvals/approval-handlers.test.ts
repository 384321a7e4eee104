import { describe, expect, it } from 'vitest';
import { listed, openQuestion, resolve } from '../test-support/approval-steps.ts';
import { createDomainWorld, deviceIdOf, refusal } from '../test-support/domain-world.ts';

const CONVERSATION = 'agent:default:main';
const TURN = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

describe('approval.list', () => {
  it('shows the newest first, a page at a time, each once', async () => {
    const world = await createDomainWorld();
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      await openQuestion(world, key);
      world.clock.advance(1);
    }

    const keys: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await world.call('approval.list', { limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.approvals.length).toBeLessThanOrEqual(2);
      keys.push(...page.approvals.map(({ approval_key }) => approval_key));
      cursor = page.next_cursor;
    } while (cursor !== undefined);

    expect(keys).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('goes on from its cursor although what was shown has been answered since', async () => {
    const world = await createDomainWorld();
    for (const key of ['a', 'b', 'c', 'd']) {
      await openQuestion(world, key);
      world.clock.advance(1);
    }
    const first = await world.call('approval.list', { status: 'awaiting_human', limit: 2 });
    for (const approval of first.approvals) await resolve(world, approval, 'approved');

    const { approvals } = await world.call('approval.list', {
      status: 'awaiting_human',
      cursor: first.next_cursor ?? '',
    });

    expect(approvals.map(({ approval_key }) => approval_key)).toEqual(['b', 'a']);
  });

  it.each([
    ['a status', { status: 'approved' }, ['plain yes', 'turn yes']],
    ['a kind', { kind: ['budget', 'retry'] }, ['turn budget', 'other budget']],
    ['a kind and a status', { kind: ['intent'], status: 'awaiting_human' }, ['plain']],
    ['a conversation', { conversation_key: CONVERSATION }, ['turn yes', 'turn budget']],
    ['a turn', { turn_id: TURN }, ['turn yes', 'turn budget', 'other budget']],
    ['a conversation and a turn', { conversation_key: CONVERSATION, turn_id: TURN }, ['turn yes', 'turn budget']],
    ['all of them', { conversation_key: CONVERSATION, turn_id: TURN, kind: ['budget'], status: 'denied' }, []],
    ['no kind at all', { kind: [] }, []],
  ] as const)('shows only those of %s', async (_what, filter, expected) => {
    const world = await createDomainWorld();
    await openQuestion(world, 'plain');
    await resolve(world, await openQuestion(world, 'plain yes'), 'approved');
    const scope = { conversation_key: CONVERSATION, turn_id: TURN };
    await resolve(world, await openQuestion(world, 'turn yes', { scope }), 'approved');
    await openQuestion(world, 'turn budget', { scope, kind: 'budget' });
    await openQuestion(world, 'other budget', { scope: { ...scope, conversation_key: 'cron:1' }, kind: 'budget' });

    const { approvals } = await world.call('approval.list', {
      ...filter,
      kind: 'kind' in filter ? [...filter.kind] : undefined,
    });

    expect(new Set(approvals.map(({ approval_key }) => approval_key))).toEqual(new Set(expected));
    expect(approvals).toHaveLength(expected.length);
  });

  it('refuses a cursor of another list [ER-3]', async () => {
    const world = await createDomainWorld();

    const refused = await refusal(world.call('approval.list', { cursor: 'bm90IGEgY3Vyc29y' }));

    expect(refused).toMatchObject({ code: 'contract_error', details: { issues: [{ path: ['payload', 'cursor'] }] } });
  });

  it('shows nothing of another tenant', async () => {
    const world = await createDomainWorld();
    await openQuestion(world, 'deploy');

    expect((await world.call('approval.list', {}, { tenant: 'other' })).approvals).toEqual([]);
  });
});

describe('approval.resolve', () => {
  it('answers, and says so with the review of the person', async () => {
    const world = await createDomainWorld();
    const { approval_id } = await openQuestion(world, 'deploy');

    const { approval } = await world.call('approval.resolve', { approval_id, decision: 'denied', reason: 'not today' });

    const reviewed = {
      reviewer_kind: 'human',
      reviewer_id: deviceIdOf('operator'),
      state: 'denied',
      reason: 'not today',
    };
    expect(approval).toMatchObject({ approval_id, status: 'denied', latest_review: reviewed });
    expect(approval.reviews?.map(({ state }) => state)).toEqual(['requested_human', 'denied']);
    const told = (await world.events()).filter(({ type }) => type === 'approval.updated');
    expect(told.map(({ payload }) => (payload.approval as { status: string }).status)).toEqual([
      'awaiting_human',
      'denied',
    ]);
  });

  it('takes the same answer again, and changes nothing by it', async () => {
    const world = await createDomainWorld();
    const opened = await openQuestion(world, 'deploy');
    const { approval } = await resolve(world, opened, 'approved');
    const before = (await world.events()).length;

    const again = await resolve(world, opened, 'approved');

    expect(again.approval).toEqual(approval);
    expect(await world.events()).toHaveLength(before);
  });

  it('refuses another answer with the approval as it stands [RQ-24]', async () => {
    const world = await createDomainWorld();
    const opened = await openQuestion(world, 'deploy');
    const { approval } = await resolve(world, opened, 'approved');

    const refused = await refusal(resolve(world, opened, 'denied'));

    expect(refused).toMatchObject({ code: 'conflict', details: { approval } });
    expect(await listed(world)).toEqual([approval]);
  });

  it('refuses an answer that comes after the expiry', async () => {
    const world = await createDomainWorld();
    const opened = await openQuestion(world, 'deploy', { expiresInMs: 1000 });
    await world.pass(1001);

    const refused = await refusal(resolve(world, opened, 'approved'));

    expect(refused).toMatchObject({ code: 'invalid_state', details: { approval: { status: 'expired' } } });
  });

  it('knows only approvals of its own tenant', async () => {
    const world = await createDomainWorld();
    const { approval_id } = await openQuestion(world, 'deploy');

    const asked = world.call('approval.resolve', { approval_id, decision: 'approved' }, { tenant: 'other' });

    expect((await refusal(asked)).code).toBe('not_found');
  });
});
