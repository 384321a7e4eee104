import { describe, expect, it } from 'vitest';
import { agentIdOf } from '../agent-id.ts';
import { openQuestion } from '../test-support/approval-steps.ts';
import { createDomainWorld, type DomainWorld, deviceIdOf, refusal } from '../test-support/domain-world.ts';

const scope = { conversation_key: 'agent:default:main' };
const agentId = agentIdOf('default');
const workspace = '1b4e28ba-2fa1-41d2-883f-0016d3cca427';
const otherWorkspace = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const UNKNOWN = otherWorkspace;

let count = 0;
/** Asks whether the agent `default` may run a command, under a key of its own. */
function ask(world: DomainWorld, target: string, more: { toolId?: string; workspaceId?: string } = {}) {
  count += 1;
  return openQuestion(world, `question ${count}`, { scope, tool: { toolId: 'shell', target, ...more } });
}

const always = { decision: 'approved', mode: 'always' } as const;

describe('an approval that shall stand', () => {
  it('makes the overrides that are asked for, and says so [AP-6]', async () => {
    const world = await createDomainWorld();
    const { approval_id } = await ask(world, 'git push');

    const answered = await world.call('approval.resolve', {
      approval_id,
      ...always,
      overrides: [
        { tool_id: 'shell', pattern: 'git *' },
        { tool_id: 'editor', pattern: '*.md', workspace_id: workspace },
      ],
    });

    expect(answered.approval.status).toBe('approved');
    expect(answered.created_overrides).toMatchObject([
      {
        status: 'active',
        agent_id: agentId,
        tool_id: 'shell',
        pattern: 'git *',
        created_from_approval_id: approval_id,
        created_by: { kind: 'human', device_id: deviceIdOf('operator') },
      },
      { tool_id: 'editor', pattern: '*.md', workspace_id: workspace },
    ]);
    const told = (await world.events()).filter(({ type }) => type === 'policy_override.created');
    expect(told.map(({ payload }) => payload.override)).toEqual(answered.created_overrides);
  });

  it('stands for exactly what it was about where nothing else is asked for', async () => {
    const world = await createDomainWorld();
    const { approval_id } = await ask(world, 'git push', { workspaceId: workspace });

    const { created_overrides } = await world.call('approval.resolve', { approval_id, ...always });

    expect(created_overrides).toMatchObject([{ tool_id: 'shell', pattern: 'git push', workspace_id: workspace }]);
  });

  it('makes its overrides once, however often it is given', async () => {
    const world = await createDomainWorld();
    const { approval_id } = await ask(world, 'git push');
    const first = await world.call('approval.resolve', { approval_id, ...always });

    const again = await world.call('approval.resolve', { approval_id, ...always });

    expect(again).toEqual(first);
    const { overrides } = await world.domain.policyOverrides.list('acme');
    expect(overrides).toEqual(first.created_overrides);
  });

  it('that was given once before makes none any more', async () => {
    const world = await createDomainWorld();
    const { approval_id } = await ask(world, 'git push');
    await world.call('approval.resolve', { approval_id, decision: 'approved' });

    expect((await world.call('approval.resolve', { approval_id, ...always })).created_overrides).toEqual([]);
  });

  it.each([
    ['a denial', { decision: 'denied', mode: 'always' }, ['payload', 'mode']],
    [
      'overrides without the mode',
      { decision: 'approved', overrides: [{ tool_id: 'a', pattern: 'b' }] },
      ['payload', 'overrides'],
    ],
    [
      'overrides that fit into no frame',
      { ...always, overrides: [{ tool_id: 'a', pattern: 'b'.repeat(131_073) }] },
      ['payload', 'overrides'],
    ],
  ] as const)('is refused for %s, and the question stays open', async (_what, answer, path) => {
    const world = await createDomainWorld();
    const { approval_id } = await ask(world, 'git push');

    const overrides = 'overrides' in answer ? [...answer.overrides] : undefined;
    const refused = await refusal(world.call('approval.resolve', { approval_id, ...answer, overrides }));

    expect(refused).toMatchObject({ code: 'contract_error', details: { issues: [{ path }] } });
    expect((await world.domain.approvals.get('acme', approval_id))?.status).toBe('awaiting_human');
  });

  it('is refused where nothing says for what, or for whom, and the question stays open', async () => {
    const world = await createDomainWorld();
    const noTool = await openQuestion(world, 'no tool', { scope });
    const starred = await ask(world, 'rm *');
    const noAgent = await openQuestion(world, 'no agent', { tool: { toolId: 'shell', target: 'ls' } });

    const refused = [noTool, starred, noAgent].map(({ approval_id }) =>
      refusal(world.call('approval.resolve', { approval_id, ...always })),
    );

    expect((await Promise.all(refused)).map(({ code }) => code)).toEqual([
      'contract_error',
      'contract_error',
      'invalid_state',
    ]);
    const { approvals } = await world.call('approval.list', { status: 'awaiting_human' });
    expect(approvals).toHaveLength(3);
  });
});

describe('a policy override', () => {
  it('answers the later questions that its pattern fits, before the policy is asked [AP-5]', async () => {
    const ruled: string[] = [];
    const world = await createDomainWorld({
      approval({ tool }) {
        ruled.push(tool?.target ?? '');
        return 'ask';
      },
    });
    const { approval_id } = await ask(world, 'git push');
    const { created_overrides } = await world.call('approval.resolve', {
      approval_id,
      ...always,
      overrides: [{ tool_id: 'shell', pattern: 'git *' }],
    });
    const [override] = created_overrides ?? [];

    const fits = await ask(world, 'git pull');
    const misfits = await ask(world, 'rm -r .');

    expect(fits).toMatchObject({
      status: 'approved',
      latest_review: {
        reviewer_kind: 'system',
        decision_payload: { policy_override_id: override?.policy_override_id },
      },
    });
    expect(misfits.status).toBe('awaiting_human');
    expect(ruled).toEqual(['git push', 'rm -r .']);
  });

  it.each([
    ['another tool', { toolId: 'editor' }, 'awaiting_human'],
    ['another workspace', { workspaceId: otherWorkspace }, 'awaiting_human'],
    ['no workspace', {}, 'awaiting_human'],
    ['its own workspace', { workspaceId: workspace }, 'approved'],
  ])('of a workspace is asked by %s: %s', async (_who, more, status) => {
    const world = await createDomainWorld();
    await world.domain.policyOverrides.create('acme', {
      agentId,
      toolId: 'shell',
      pattern: '*',
      workspaceId: workspace,
    });

    expect((await ask(world, 'ls', more)).status).toBe(status);
  });

  it('is no answer for another agent, another tenant, or a question about no tool', async () => {
    const world = await createDomainWorld();
    await world.domain.policyOverrides.create('acme', { agentId, toolId: 'shell', pattern: '*' });
    const tool = { toolId: 'shell', target: 'ls' };

    const other = { conversation_key: 'agent:other:main' };
    expect((await openQuestion(world, 'a', { tool, scope: other })).status).toBe('awaiting_human');
    expect((await openQuestion(world, 'b', { tool })).status).toBe('awaiting_human');
    expect((await openQuestion(world, 'c', { scope })).status).toBe('awaiting_human');
    const theirs = await world.domain.approvals.open('other', { key: 'd', prompt: 'p', motivation: 'm', tool, scope });
    expect(theirs.status).toBe('awaiting_human');
    expect((await openQuestion(world, 'e', { tool, agentId })).status).toBe('approved');
  });

  it('answers nothing any more once it is revoked [AP-5]', async () => {
    const world = await createDomainWorld();
    const { policyOverrides } = world.domain;
    const { policy_override_id: id } = await policyOverrides.create('acme', {
      agentId,
      toolId: 'shell',
      pattern: '*',
      createdBy: 'setup',
    });
    expect((await ask(world, 'ls')).status).toBe('approved');

    const revoked = await policyOverrides.revoke('acme', id, { who: 'me', reason: 'too wide' });

    expect(revoked).toMatchObject({ status: 'revoked', revoked_by: 'me', revoked_reason: 'too wide' });
    expect((await ask(world, 'ls')).status).toBe('awaiting_human');
    expect(await policyOverrides.revoke('acme', id)).toEqual(revoked);
    const told = (await world.events()).filter(({ type }) => type === 'policy_override.revoked');
    expect(told.map(({ payload }) => payload)).toEqual([{ override: revoked }]);
    expect((await refusal(policyOverrides.revoke('acme', UNKNOWN))).code).toBe('not_found');
    expect((await refusal(policyOverrides.revoke('other', id))).code).toBe('not_found');
  });

  it('expires, also when the gateway was down at the time [AP-5]', async () => {
    const world = await createDomainWorld();
    await world.domain.policyOverrides.create('acme', { agentId, toolId: 'shell', pattern: '*', expiresInMs: 1000 });
    await world.pass(999);
    expect((await ask(world, 'ls')).status).toBe('approved');

    const down = await world.crash({ start: false });
    down.clock.advance(1);
    // Its time is over before anything has noticed.
    expect((await ask(down, 'ls')).status).toBe('awaiting_human');
    const restarted = await down.crash({ start: true });
    await restarted.settle();

    const { overrides } = await restarted.domain.policyOverrides.list('acme', { status: 'expired' });
    expect(overrides).toHaveLength(1);
    const told = (await restarted.events()).filter(({ type }) => type === 'policy_override.expired');
    expect(told.map(({ payload }) => payload)).toEqual([{ override: overrides[0] }]);
  });

  it.each([
    ['an agent that is no UUID', { agentId: 'default' }, 'agentId'],
    ['a workspace that is no UUID', { workspaceId: 'home' }, 'workspaceId'],
    ['no tool', { toolId: '' }, 'toolId'],
    ['no pattern', { pattern: '' }, 'pattern'],
    ['a time that is over already', { expiresInMs: 0 }, 'expiresInMs'],
    ['a pattern that fits into no frame', { pattern: 'p'.repeat(131_073) }, 'pattern'],
  ])('is refused for %s', async (_what, more, field) => {
    const world = await createDomainWorld();
    const terms = { agentId, toolId: 'shell', pattern: '*', ...more };

    const refused = await refusal(world.domain.policyOverrides.create('acme', terms));

    expect(refused).toMatchObject({ code: 'contract_error', details: { issues: [{ path: [field] }] } });
  });

  it('is refused as one of too many for one tool', async () => {
    const world = await createDomainWorld();
    const { policyOverrides } = world.domain;
    for (let made = 0; made < 500; made += 1) {
      await policyOverrides.create('acme', { agentId, toolId: 'shell', pattern: `command ${made}` });
    }

    const more = policyOverrides.create('acme', { agentId, toolId: 'shell', pattern: '*' });

    expect((await refusal(more)).code).toBe('overloaded');
    expect((await ask(world, 'command 499')).status).toBe('approved');
  });

  it('is listed, the newest first, a page at a time', async () => {
    const world = await createDomainWorld();
    const { policyOverrides } = world.domain;
    for (const pattern of ['a', 'b', 'c']) {
      await policyOverrides.create('acme', { agentId, toolId: 'shell', pattern });
      world.clock.advance(1);
    }

    const first = await policyOverrides.list('acme', { limit: 2 });
    const rest = await policyOverrides.list('acme', { limit: 2, cursor: first.next ?? '' });

    expect([...first.overrides, ...rest.overrides].map(({ pattern }) => pattern)).toEqual(['c', 'b', 'a']);
    expect(rest.next).toBeNull();
  });
});

describe('the id of an agent', () => {
  it('is a UUID that is the same for the same key', () => {
    expect(agentIdOf('default')).toBe('0e0ab3e3-b906-4deb-9d1b-b8a67569b8ea');
    expect(agentIdOf('other')).not.toBe(agentIdOf('default'));
  });
});
