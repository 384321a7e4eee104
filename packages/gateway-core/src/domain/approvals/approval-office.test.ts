import { describe, expect, it } from 'vitest';
import { listed, openQuestion, resolve } from '../test-support/approval-steps.ts';
import { createDomainWorld, refusal } from '../test-support/domain-world.ts';

const UNKNOWN = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

describe('opening an approval', () => {
  it('asks a person where no policy is brought', async () => {
    const world = await createDomainWorld();

    const approval = await openQuestion(world, 'deploy', { context: { version: 7 }, kind: 'policy' });

    expect(approval).toMatchObject({
      approval_key: 'deploy',
      status: 'awaiting_human',
      kind: 'policy',
      context: { version: 7 },
      expires_at: null,
      latest_review: { state: 'requested_human', target_type: 'approval', target_id: approval.approval_id },
    });
    expect(await listed(world)).toEqual([approval]);
  });

  it('finds the approval of its key again, also after a crash and after the answer [AP-1]', async () => {
    const world = await createDomainWorld();
    const opened = await openQuestion(world, 'deploy');
    expect(await openQuestion(world, 'deploy', { prompt: 'put otherwise' })).toEqual(opened);

    const restarted = await world.crash();
    const { approval } = await resolve(restarted, opened, 'approved');

    expect(await openQuestion(restarted, 'deploy')).toEqual(approval);
    expect(await listed(restarted)).toHaveLength(1);
  });

  it('keeps the same key of two tenants apart', async () => {
    const world = await createDomainWorld();
    const ours = await openQuestion(world, 'deploy');

    const theirs = await world.domain.approvals.open('other', { key: 'deploy', prompt: 'p', motivation: 'm' });

    expect(theirs.approval_id).not.toBe(ours.approval_id);
  });

  it.each([
    ['approve', 'approved'],
    ['deny', 'denied'],
    ['expire', 'expired'],
  ] as const)('is ruled by the policy: %s', async (ruling, status) => {
    const seen: string[] = [];
    const world = await createDomainWorld({
      approval: ({ approval_key }) => {
        seen.push(approval_key);
        return { ruling, reason: 'by rule 7', riskLevel: 'low', riskScore: 3 };
      },
    });

    const approval = await openQuestion(world, 'deploy');

    expect(seen).toEqual(['deploy']);
    expect(approval).toMatchObject({
      status,
      latest_review: { state: status, reviewer_kind: 'system', reason: 'by rule 7', risk_level: 'low', risk_score: 3 },
    });
    expect((await world.events()).filter(({ type }) => type === 'approval.updated')).toHaveLength(1);
  });

  it('asks a person where the policy fails, and says so in the log', async () => {
    const world = await createDomainWorld({
      approval() {
        throw new Error('the rules are gone');
      },
    });

    expect((await openQuestion(world, 'deploy')).status).toBe('awaiting_human');
    expect(world.logs).toMatchObject([{ level: 'error', message: 'the approval policy failed, so a person is asked' }]);
  });

  it.each([
    ['an empty prompt', { prompt: '' }, ['prompt']],
    ['a time that is over already', { expiresInMs: 0 }, ['expiresInMs']],
    ['an agent that is no UUID', { agentId: 'default' }, ['agentId']],
    ['a context that fits into no frame', { context: 'x'.repeat(131_073) }, ['context']],
  ])('is refused for %s', async (_what, more, path) => {
    const world = await createDomainWorld();

    const refused = await refusal(openQuestion(world, 'deploy', more));

    expect(refused).toMatchObject({ code: 'contract_error', details: { issues: [{ path }] } });
    expect(await listed(world)).toEqual([]);
  });
});

describe('an approval', () => {
  it('expires when its time is over [AP-2]', async () => {
    const world = await createDomainWorld();
    await openQuestion(world, 'deploy', { expiresInMs: 5000 });

    await world.pass(4999);
    expect((await listed(world))[0]?.status).toBe('awaiting_human');
    await world.pass(1);

    const [approval] = await listed(world);
    expect(approval).toMatchObject({ status: 'expired', latest_review: { state: 'expired', reviewer_kind: 'system' } });
  });

  it('expires also when the gateway was down at the time [AP-2]', async () => {
    const world = await createDomainWorld();
    await openQuestion(world, 'deploy', { expiresInMs: 5000 });
    const down = await world.crash({ start: false });
    down.clock.advance(6000);

    const restarted = await down.crash({ start: true });
    await restarted.settle();

    expect((await listed(restarted))[0]?.status).toBe('expired');
  });

  it('expires after the time that the policy gives it', async () => {
    const world = await createDomainWorld({ approval: () => ({ ruling: 'ask', expiresInMs: 100 }) });
    await openQuestion(world, 'deploy', { expiresInMs: 5000 });

    await world.pass(100);

    expect((await listed(world))[0]?.status).toBe('expired');
  });

  it('that was answered does not expire', async () => {
    const world = await createDomainWorld();
    await resolve(world, await openQuestion(world, 'deploy', { expiresInMs: 5000 }), 'approved');

    await world.pass(10_000);

    expect((await listed(world))[0]?.status).toBe('approved');
  });

  it('is answered by a guardian with its risk', async () => {
    const world = await createDomainWorld();
    const { approval_id } = await openQuestion(world, 'deploy');

    const approval = await world.domain.approvals.decide('acme', approval_id, {
      decision: 'denied',
      reviewer: { kind: 'guardian', id: 'model-1' },
      reason: 'it deletes a disk',
      riskLevel: 'critical',
      riskScore: 990,
    });

    expect(approval).toMatchObject({
      status: 'denied',
      latest_review: { reviewer_kind: 'guardian', reviewer_id: 'model-1', risk_level: 'critical', risk_score: 990 },
    });
    const other = world.domain.approvals.decide('acme', approval_id, { decision: 'approved' });
    expect((await refusal(other)).code).toBe('conflict');
  });

  it('is reviewed by a guardian first where the policy says so, and may be passed on to a person', async () => {
    const world = await createDomainWorld({ approval: () => 'review' });
    const { approvals } = world.domain;
    const guardian = { reviewer: { kind: 'guardian', id: 'model-1' }, riskScore: 500 } as const;
    const sure = await openQuestion(world, 'sure');
    const unsure = await openQuestion(world, 'unsure');
    expect(sure).toMatchObject({ status: 'reviewing', latest_review: { state: 'running', reviewer_kind: 'guardian' } });
    expect((await approvals.list('acme', { status: 'reviewing' })).approvals).toHaveLength(2);

    const decided = await approvals.decide('acme', sure.approval_id, { decision: 'approved', ...guardian });
    const passed = await approvals.ask('acme', unsure.approval_id, { ...guardian, reason: 'it is not clear' });

    expect(decided.status).toBe('approved');
    expect(passed).toMatchObject({
      status: 'awaiting_human',
      latest_review: { state: 'requested_human', reviewer_id: 'model-1', reason: 'it is not clear', risk_score: 500 },
    });
    expect(await approvals.ask('acme', unsure.approval_id)).toEqual(passed);
    expect(await approvals.ask('acme', sure.approval_id)).toEqual(decided);
    const { approval } = await resolve(world, passed, 'denied');
    expect(approval.reviews?.map(({ state }) => state)).toEqual(['running', 'requested_human', 'denied']);
  });

  it('under review is answered by a person who comes before the guardian', async () => {
    const world = await createDomainWorld({ approval: () => 'review' });
    const opened = await openQuestion(world, 'deploy');

    await resolve(world, opened, 'denied');

    const late = world.domain.approvals.decide('acme', opened.approval_id, { decision: 'approved' });
    expect((await refusal(late)).code).toBe('conflict');
    expect((await world.domain.approvals.ask('acme', opened.approval_id)).status).toBe('denied');
  });

  it('is listed for the code that opened it, a page at a time', async () => {
    const world = await createDomainWorld();
    for (const key of ['a', 'b', 'c']) {
      await openQuestion(world, key);
      world.clock.advance(1);
    }

    const first = await world.domain.approvals.list('acme', { limit: 2 });
    const rest = await world.domain.approvals.list('acme', { limit: 2, cursor: first.next ?? '' });

    expect([...first.approvals, ...rest.approvals].map(({ approval_key }) => approval_key)).toEqual(['c', 'b', 'a']);
    expect(rest.next).toBeNull();
  });

  it('is taken back while nobody has answered, and stays as it is afterwards', async () => {
    const world = await createDomainWorld();
    const { approvals } = world.domain;
    const open = await openQuestion(world, 'open');
    const answered = await openQuestion(world, 'answered');
    await resolve(world, answered, 'approved');

    expect(await approvals.cancel('acme', open.approval_id, 'not needed')).toMatchObject({
      status: 'cancelled',
      latest_review: { reason: 'not needed' },
    });
    expect((await approvals.cancel('acme', answered.approval_id)).status).toBe('approved');
    expect((await refusal(approvals.cancel('acme', UNKNOWN))).code).toBe('not_found');
  });

  it('is awaited by the code that opened it', async () => {
    const world = await createDomainWorld();
    const { approvals } = world.domain;
    const open = await openQuestion(world, 'deploy');
    const awaited = approvals.decided('acme', open.approval_id);

    const { approval } = await resolve(world, open, 'denied');

    expect(await awaited).toEqual(approval);
    expect(await approvals.decided('acme', open.approval_id)).toEqual(approval);
    expect(await approvals.get('acme', open.approval_id)).toEqual(approval);
  });

  it('is awaited no longer than the signal allows, and only where it exists', async () => {
    const world = await createDomainWorld();
    const { approvals } = world.domain;
    const open = await openQuestion(world, 'deploy');
    const controller = new AbortController();
    const awaited = refusal(approvals.decided('acme', open.approval_id, controller.signal));

    controller.abort();

    expect((await awaited).code).toBe('cancelled');
    expect((await refusal(approvals.decided('acme', open.approval_id, controller.signal))).code).toBe('cancelled');
    expect((await refusal(approvals.decided('acme', UNKNOWN))).code).toBe('not_found');
    expect(await approvals.get('acme', UNKNOWN)).toBeUndefined();
  });
});
