import { ProtocolError } from '@tyrum/contracts';
import { describe, expect, it } from 'vitest';
import { listed, openQuestion, resolve, waitingOne } from '../test-support/approval-steps.ts';
import { createDomainWorld, type DomainWorld, deviceIdOf, refusal } from '../test-support/domain-world.ts';
import type { FakePeer } from '../test-support/fake-peer.ts';
import { pairedNode, reconnect } from '../test-support/pairing-steps.ts';
import { executions, lastExecution } from '../test-support/task-steps.ts';
import { confirm, goOn, runNow, standing, start, work } from '../test-support/workflow-steps.ts';

const UNKNOWN = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

/** What a node was asked to do, in order. */
function asked(peer: FakePeer): readonly unknown[] {
  return executions(peer).map(({ payload }) => (payload.action as { args: { name: unknown } }).args.name);
}

async function answer(world: DomainWorld, peer: FakePeer): Promise<void> {
  lastExecution(peer).answer({ result: 'done' });
  await goOn(world);
}

describe('a workflow run', () => {
  it('does its steps in their order, each when the one before it is done [WF-1]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const id = await start(world, [work('one'), work('two'), work('three')]);

    expect(asked(peer)).toEqual(['one']);
    expect(await standing(world, id)).toEqual(['running', 'running', 'queued', 'queued']);
    await answer(world, peer);
    expect(asked(peer)).toEqual(['one', 'two']);
    expect(await standing(world, id)).toEqual(['running', 'succeeded', 'running', 'queued']);
    await answer(world, peer);
    await answer(world, peer);

    expect(asked(peer)).toEqual(['one', 'two', 'three']);
    const run = await runNow(world, id);
    expect(run).toMatchObject({ status: 'succeeded', finished_at: new Date(world.clock.now()).toISOString() });
    const tasks = (await world.call('task.list', {})).tasks.map(({ task_id }) => task_id);
    expect(new Set(run.steps.map(({ task_id }) => task_id))).toEqual(new Set(tasks));
  });

  it('is told after every change, by its conversation', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const id = await start(world, [work('one'), work('two')]);
    await answer(world, peer);
    await answer(world, peer);

    const told = (await world.events()).filter(({ type }) => type === 'workflow.updated');
    const statuses = told.map(({ payload }) => {
      const { status, steps } = payload.workflow_run as { status: string; steps: { status: string }[] };
      return [status, ...steps.map((step) => step.status)].join(' ');
    });
    expect(statuses).toEqual(['running running queued', 'running succeeded running', 'succeeded succeeded succeeded']);
    expect(told.every(({ scope }) => scope?.kind === 'conversation' && scope.id === 'agent:default:main')).toBe(true);
    expect(told.at(-1)?.payload.workflow_run).toEqual(await runNow(world, id));
  });

  it('says what it was started with, and makes up what was left out', async () => {
    const world = await createDomainWorld();
    const named = { plan_id: 'plan-7', request_id: 'req-7' };

    const said = await world.call('workflow.start', { conversation_key: 'cron:1', steps: [work('one')], ...named });
    const unsaid = await world.call('workflow.start', { conversation_key: 'cron:1', steps: [work('one')] });

    expect(said).toMatchObject({ ...named, conversation_key: 'cron:1', steps_count: 1 });
    expect(unsaid).toMatchObject({ plan_id: expect.stringMatching(/^plan_.{16}$/), request_id: 'r-1' });
  });

  it('does each step once although the gateway crashes at every turn [WF-1]', async () => {
    let world = await createDomainWorld();
    let peer = await pairedNode(world, 'drill');
    const id = await start(world, [work('one'), work('two'), work('three')]);
    const done: unknown[] = [];

    for (let step = 0; step < 3; step += 1) {
      done.push(...asked(peer));
      // The task has ended, and nothing has come of it yet when the gateway dies.
      lastExecution(peer).answer({ result: 'done' });
      await world.settle();
      world = await world.crash();
      await goOn(world);
      peer = await reconnect(world, 'drill');
      await goOn(world);
    }

    expect(done).toEqual(['one', 'two', 'three']);
    expect(await standing(world, id)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect((await world.call('task.list', {})).tasks).toHaveLength(3);
  });

  it('is at the same dispatch after a crash in the middle of a step [WF-1]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const id = await start(world, [work('one'), work('two')]);
    const { dispatch_id } = lastExecution(peer).payload;

    const restarted = await world.crash();
    const again = await reconnect(restarted, 'drill');
    await goOn(restarted);

    expect(executions(again).map(({ payload }) => payload.dispatch_id)).toEqual([dispatch_id]);
    await answer(restarted, again);
    expect(asked(again)).toEqual(['one', 'two']);
    expect(await standing(restarted, id)).toEqual(['running', 'succeeded', 'running']);
  });

  it('fails with the step that fails, and skips what follows', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const id = await start(world, [work('one'), work('two')]);

    lastExecution(peer).refuse(new ProtocolError('invalid_state', 'the disk is full'));
    await goOn(world);

    expect(await standing(world, id)).toEqual(['failed', 'failed', 'skipped']);
    expect((await runNow(world, id)).reason).toBe('step 1 (CLI): the disk is full');
    expect(asked(peer)).toEqual(['one']);
  });

  it('fails with a step that cannot begin, and with one that is cancelled', async () => {
    const world = await createDomainWorld();
    const absent = await start(world, [{ type: 'CLI', node_id: deviceIdOf('nobody') }, work('two')]);
    const cancelled = await start(world, [work('one'), work('two')]);
    const [task] = (await world.call('task.list', {})).tasks;
    await world.call('task.cancel', { task_id: task?.task_id ?? '', reason: 'not now' });
    await goOn(world);

    expect(await standing(world, absent)).toEqual(['failed', 'failed', 'skipped']);
    expect((await runNow(world, absent)).reason).toMatch(/^step 1 \(CLI\): there is no paired node dev_/);
    expect(await standing(world, cancelled)).toEqual(['failed', 'cancelled', 'skipped']);
    expect((await runNow(world, cancelled)).reason).toBe('step 1 (CLI): not now');
  });

  it('lets a step fail at the deadline that it names', async () => {
    const world = await createDomainWorld();
    const id = await start(world, [{ ...work('one'), deadline_ms: 1000 }]);

    await world.pass(2000, 500);

    expect(await standing(world, id)).toEqual(['failed', 'failed']);
  });

  it.each([
    ['a step that is for nobody', [work('one'), { type: 'CLI' as const }], ['payload', 'steps', 1]],
    ['more steps than an event can tell', [work('x'.repeat(98_304))], ['payload', 'steps']],
  ])('is refused for %s', async (_what, steps, path) => {
    const world = await createDomainWorld();

    const refused = await refusal(start(world, steps));

    expect(refused).toMatchObject({ code: 'contract_error', details: { issues: [{ path }] } });
    expect((await world.events()).filter(({ type }) => type === 'workflow.updated')).toEqual([]);
  });

  it('asks the policy of the product for whom its steps are', async () => {
    const seen: unknown[] = [];
    const world = await createDomainWorld({
      workflowStep({ type }) {
        seen.push(type);
        return type === 'CLI' ? { capability: 'shell.run' } : undefined;
      },
    });
    const peer = await pairedNode(world, 'drill');

    await start(world, [{ type: 'CLI', args: { name: 'one' } }, confirm('Go on?')]);

    expect(asked(peer)).toEqual(['one']);
    expect(seen).toEqual(['CLI']);
    expect((await refusal(start(world, [{ type: 'Web' }]))).code).toBe('contract_error');
  });

  it('is known to its own tenant only', async () => {
    const world = await createDomainWorld();
    const workflow_run_id = await start(world, [confirm('Go on?')]);
    const as = { tenant: 'other' };

    expect((await refusal(world.call('workflow.get', { workflow_run_id }, as))).code).toBe('not_found');
    expect((await refusal(world.call('workflow.cancel', { workflow_run_id }, as))).code).toBe('not_found');
  });
});

describe('a Confirm step', () => {
  it('pauses the run until it is approved [WF-2]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const id = await start(world, [confirm('Drill?', { depth: 3 }), work('drill')]);

    const question = await waitingOne(world);
    const [step] = (await runNow(world, id)).steps;
    expect(question).toMatchObject({
      kind: 'workflow_step',
      prompt: 'Drill?',
      context: { depth: 3 },
      scope: { conversation_key: 'agent:default:main', workflow_run_step_id: step?.workflow_run_step_id },
    });
    expect(step).toMatchObject({ status: 'paused', approval_id: question.approval_id });
    expect(await standing(world, id)).toEqual(['paused', 'paused', 'queued']);
    await world.pass(60_000, 10_000);
    expect(asked(peer)).toEqual([]);

    await resolve(world, question, 'approved');
    await goOn(world);

    expect(asked(peer)).toEqual(['drill']);
    expect(await standing(world, id)).toEqual(['running', 'succeeded', 'running']);
  });

  it.each([
    ['denied', 'failed', 'the approval was denied'],
    ['expired', 'failed', 'the approval was not given in time'],
    ['cancelled', 'cancelled', 'the approval was cancelled'],
  ] as const)('ends the run where it is %s [WF-2]', async (end, step, why) => {
    const world = await createDomainWorld();
    const id = await start(world, [confirm('Drill?', { expires_in_ms: 5000 }), work('drill')]);
    const question = await waitingOne(world);

    if (end === 'denied') await resolve(world, question, 'denied');
    if (end === 'expired') await world.pass(5000);
    if (end === 'cancelled') await world.domain.approvals.cancel('acme', question.approval_id);
    await goOn(world);

    expect(await standing(world, id)).toEqual(['failed', step, 'skipped']);
    expect((await runNow(world, id)).reason).toBe(`step 1 (Confirm): ${why}`);
  });

  it('is the same question after a crash, and its answer is not lost in one [WF-1]', async () => {
    const world = await createDomainWorld();
    const id = await start(world, [confirm('One?'), confirm('Two?')]);
    const before = await world.crash();
    await goOn(before);
    const first = await waitingOne(before);

    // Answered, and the gateway dies before anything comes of it.
    await before.call('approval.resolve', { approval_id: first.approval_id, decision: 'approved' });
    const after = await before.crash();
    await goOn(after);

    expect((await waitingOne(after)).prompt).toBe('Two?');
    expect(await standing(after, id)).toEqual(['paused', 'succeeded', 'paused']);
    expect(await listed(after)).toHaveLength(2);
  });

  it('is passed at once where the policy approves it, and the run told once', async () => {
    const world = await createDomainWorld({ approval: () => 'approve' });

    const id = await start(world, [confirm('One?'), { type: 'Confirm' }]);

    expect(await standing(world, id)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect((await listed(world)).map(({ prompt }) => prompt).sort()).toEqual([
      expect.stringMatching(/^Go on with step 2 \(Confirm\) of plan_/),
      'One?',
    ]);
    expect((await world.events()).filter(({ type }) => type === 'workflow.updated')).toHaveLength(1);
  });

  it('takes no token in place of its answer [WF-2]', async () => {
    const world = await createDomainWorld();
    const workflow_run_id = await start(world, [confirm('Drill?')]);

    expect(await world.call('workflow.get', { workflow_run_id })).not.toHaveProperty('resume_token');
    expect(await world.domain.workflows.resumeToken('acme', workflow_run_id)).toBeUndefined();
  });
});

describe('workflow.resume', () => {
  /** A run whose first step may or may not have been done. */
  async function unknown(world: DomainWorld) {
    const peer = await pairedNode(world, 'drill');
    const id = await start(world, [work('one'), work('two')]);
    lastExecution(peer).refuse(new ProtocolError('outcome_unknown', 'the power failed'));
    await goOn(world);
    return { id, peer };
  }

  it('lets a run go on behind a step of which nobody can tell whether it was done', async () => {
    const world = await createDomainWorld();
    const { id, peer } = await unknown(world);
    expect(await standing(world, id)).toEqual(['paused', 'paused', 'queued']);
    expect((await runNow(world, id)).reason).toBe('step 1 (CLI): the power failed');
    const { resume_token = '' } = await world.call('workflow.get', { workflow_run_id: id });

    const resumed = await world.call('workflow.resume', { token: resume_token });
    await world.settle();

    expect(resumed).toEqual({ workflow_run_id: id, resumed: true });
    expect(asked(peer)).toEqual(['one', 'two']);
    expect(await standing(world, id)).toEqual(['running', 'skipped', 'running']);
    expect(await runNow(world, id)).not.toHaveProperty('reason');
    expect(await world.call('workflow.resume', { token: resume_token })).toEqual({
      workflow_run_id: id,
      resumed: false,
    });
    expect(asked(peer)).toEqual(['one', 'two']);
  });

  it('lets a run go on that has used up its time, with that much time again', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const steps = [work('one'), work('two'), work('three')];
    const id = await start(world, steps, { budgets: { max_duration_ms: 1000 } });
    await world.pass(999);
    await answer(world, peer);
    expect(await standing(world, id)).toEqual(['paused', 'succeeded', 'queued', 'queued']);
    expect((await runNow(world, id)).reason).toBe('the run has used up its max_duration_ms');

    const token = await world.domain.workflows.resumeToken('acme', id);
    await world.call('workflow.resume', { token: token ?? '' });
    await world.settle();

    expect(asked(peer)).toEqual(['one', 'two']);
    await answer(world, peer);
    expect(await standing(world, id)).toEqual(['running', 'succeeded', 'succeeded', 'running']);
  });

  it('survives a crash while the run is paused', async () => {
    const world = await createDomainWorld();
    const { id } = await unknown(world);
    const token = await world.domain.workflows.resumeToken('acme', id);

    const restarted = await world.crash();
    await goOn(restarted);
    expect(await standing(restarted, id)).toEqual(['paused', 'paused', 'queued']);

    expect(await restarted.call('workflow.resume', { token: token ?? '' })).toMatchObject({ resumed: true });
  });

  it('needs a token that only the device that started the run is told, and no event or log tells [WF-3]', async () => {
    const world = await createDomainWorld();
    const { id: workflow_run_id } = await unknown(world);
    const token = (await world.domain.workflows.resumeToken('acme', workflow_run_id)) ?? '';

    expect(token).toMatch(/^wfr_[\w-]{43}$/);
    expect(await world.call('workflow.get', { workflow_run_id })).toMatchObject({ resume_token: token });
    const other = await world.call('workflow.get', { workflow_run_id }, { deviceId: deviceIdOf('somebody else') });
    expect(JSON.stringify(other)).not.toContain(token);
    await world.call('workflow.resume', { token });
    await world.settle();
    const told = [...(await world.events()), ...world.live, ...world.logs];
    expect(told.length).toBeGreaterThan(0);
    expect(JSON.stringify(told)).not.toContain(token);
  });

  it('has another token for each pause', async () => {
    const world = await createDomainWorld();
    const { id, peer } = await unknown(world);
    const first = (await world.domain.workflows.resumeToken('acme', id)) ?? '';
    await world.call('workflow.resume', { token: first });
    await world.settle();
    lastExecution(peer).refuse(new ProtocolError('outcome_unknown', 'the power failed again'));
    await goOn(world);

    const second = (await world.domain.workflows.resumeToken('acme', id)) ?? '';
    expect(second).not.toBe(first);
    expect((await refusal(world.call('workflow.resume', { token: first }))).code).toBe('not_found');
    await world.call('workflow.resume', { token: second });
    expect(await standing(world, id)).toEqual(['succeeded', 'skipped', 'skipped']);
  });

  it('knows no token of another tenant, of a run that has ended, or of nothing, and repeats none', async () => {
    const world = await createDomainWorld();
    const { id: workflow_run_id } = await unknown(world);
    const token = (await world.domain.workflows.resumeToken('acme', workflow_run_id)) ?? '';
    const theirs = await refusal(world.call('workflow.resume', { token }, { tenant: 'other' }));
    await world.call('workflow.cancel', { workflow_run_id });
    const ended = await refusal(world.call('workflow.resume', { token }));

    expect([theirs.code, ended.code]).toEqual(['not_found', 'not_found']);
    expect(theirs.message + ended.message).not.toContain(token);
    expect((await refusal(world.domain.workflows.resumeToken('acme', UNKNOWN))).code).toBe('not_found');
  });
});

describe('workflow.cancel', () => {
  it('cancels the task under way, and its node is told [WF-4]', async () => {
    const world = await createDomainWorld();
    const peer = await pairedNode(world, 'drill');
    const workflow_run_id = await start(world, [work('one'), work('two')]);

    const cancelled = await world.call('workflow.cancel', { workflow_run_id, reason: 'stop it' });
    await goOn(world);

    expect(cancelled).toEqual({ workflow_run_id, cancelled: true });
    expect(await standing(world, workflow_run_id)).toEqual(['cancelled', 'cancelled', 'skipped']);
    expect((await runNow(world, workflow_run_id)).reason).toBe('stop it');
    expect((await world.call('task.list', {})).tasks).toMatchObject([{ status: 'cancelled' }]);
    expect(peer.sent('task.abort')).toMatchObject([{ payload: { reason: 'stop it' } }]);
    expect(asked(peer)).toEqual(['one']);
  });

  it('takes back the question that the run waits for [WF-4]', async () => {
    const world = await createDomainWorld();
    const workflow_run_id = await start(world, [confirm('Drill?'), work('two')]);

    await world.call('workflow.cancel', { workflow_run_id });
    await goOn(world);

    expect(await standing(world, workflow_run_id)).toEqual(['cancelled', 'cancelled', 'skipped']);
    expect(await listed(world)).toMatchObject([{ status: 'cancelled' }]);
  });

  it('says whether the run is cancelled where it had ended already', async () => {
    const world = await createDomainWorld({ approval: () => 'approve' });
    const succeeded = await start(world, [confirm('One?')]);
    const cancelled = await start(world, [work('one')]);
    await world.call('workflow.cancel', { workflow_run_id: cancelled });
    const before = (await world.events()).length;

    expect(await world.call('workflow.cancel', { workflow_run_id: succeeded })).toMatchObject({ cancelled: false });
    expect(await world.call('workflow.cancel', { workflow_run_id: cancelled })).toMatchObject({ cancelled: true });
    expect(await world.events()).toHaveLength(before);
    expect((await refusal(world.call('workflow.cancel', { workflow_run_id: UNKNOWN }))).code).toBe('not_found');
  });

  it('does not let a question of somebody else reach the run', async () => {
    const world = await createDomainWorld();
    const workflow_run_id = await start(world, [confirm('Drill?')]);
    const mine = await openQuestion(world, 'mine', { scope: { conversation_key: 'agent:default:main' } });

    await resolve(world, mine, 'approved');
    await goOn(world);

    expect(await standing(world, workflow_run_id)).toEqual(['paused', 'paused']);
  });
});
