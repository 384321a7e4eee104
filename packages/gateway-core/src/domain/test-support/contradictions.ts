import type { Approval, Task, WorkflowRun } from '@tyrum/contracts';
import type { ReadEvent } from './domain-world.ts';

const ENDS = ['turn.completed', 'turn.failed', 'turn.cancelled'];

/** What is wrong with a log, in words; nothing when it tells a possible story. */
export function contradictions(events: readonly ReadEvent[]): readonly string[] {
  const wrong: string[] = [];
  const state = new Map<string, string>();
  const running = new Map<string, string>();
  const ids = new Set<string>();
  const finals = new Set<string>();
  const ended = new Set<string>();
  const keys = new Map<string, string>();
  /** What waits for an answer, and which turn asked it. */
  const open = new Map<string, string | undefined>();
  const runs = new Map<string, WorkflowRun>();
  for (const { eventId, type, payload, scope } of events) {
    if (ids.has(eventId)) wrong.push(`event ${eventId} is there twice`);
    ids.add(eventId);
    const key = scope?.id ?? '';
    const turn = payload.turn_id as string;
    if (type === 'turn.queued') state.set(turn, 'queued');
    if (type === 'turn.started') {
      if (state.get(turn) !== 'queued') wrong.push(`${turn} started while ${state.get(turn)}`);
      if (running.has(key)) wrong.push(`${turn} started beside ${running.get(key)}`);
      state.set(turn, 'running');
      running.set(key, turn);
    }
    if (type === 'turn.blocked') {
      if (running.get(key) !== turn) wrong.push(`${turn} was blocked and did not run`);
      if (open.get(payload.approval_id as string) !== turn) wrong.push(`${turn} was blocked by what it did not ask`);
    }
    if (type === 'turn.resumed' && running.get(key) !== turn) wrong.push(`${turn} was resumed and had not run`);
    if (ENDS.includes(type)) {
      if (!['queued', 'running'].includes(state.get(turn) ?? '')) wrong.push(`${turn} ended while ${state.get(turn)}`);
      state.set(turn, type);
      if (running.get(key) === turn) running.delete(key);
    }
    if (type === 'message.final') {
      const message = payload.message_id as string;
      if (finals.has(message)) wrong.push(`message ${message} was said twice`);
      if (payload.role === 'assistant' && running.get(key) !== turn) wrong.push(`${turn} spoke while it did not run`);
      finals.add(message);
    }
    if (type === 'approval.updated') {
      const { approval_id, approval_key, status, scope: about } = payload.approval as Approval;
      const known = keys.get(approval_key) ?? approval_id;
      if (known !== approval_id) wrong.push(`${approval_key} was asked twice`);
      keys.set(approval_key, approval_id);
      if (ended.has(approval_id)) wrong.push(`approval ${approval_id} changed after its end`);
      if (status === 'awaiting_human') open.set(approval_id, about?.turn_id);
      else {
        open.delete(approval_id);
        ended.add(approval_id);
      }
    }
    if (type === 'workflow.updated') {
      const run = payload.workflow_run as WorkflowRun;
      wrong.push(...stepsAstray(runs.get(run.workflow_run_id), run));
      runs.set(run.workflow_run_id, run);
    }
    if (type === 'task.updated') {
      const { task_id, status } = payload.task as Task;
      if (ended.has(task_id)) wrong.push(`task ${task_id} changed after its end`);
      if (status !== 'queued' && status !== 'dispatched') ended.add(task_id);
    }
  }
  for (const [turn, how] of state) if (!ENDS.includes(how)) wrong.push(`${turn} never ended: ${how}`);
  for (const [approval, turn] of open) wrong.push(`approval ${approval} of ${turn} was never answered`);
  for (const { workflow_run_id, status, finished_at } of runs.values()) {
    if (finished_at === null) wrong.push(`run ${workflow_run_id} never ended: ${status}`);
  }
  return wrong;
}

/** What is wrong with a workflow run after what it was before. */
function stepsAstray(before: WorkflowRun | undefined, { workflow_run_id, steps }: WorkflowRun): readonly string[] {
  const wrong: string[] = [];
  const begun = steps.filter(({ status }) => status === 'running' || status === 'paused');
  if (begun.length > 1) wrong.push(`run ${workflow_run_id} is at several steps`);
  for (const [at, { status, task_id }] of steps.entries()) {
    const earlier = before?.steps[at];
    if (earlier !== undefined && STEP_ENDS.includes(earlier.status) && earlier.status !== status) {
      wrong.push(`step ${at} of ${workflow_run_id} went from ${earlier.status} to ${status}`);
    }
    if (earlier?.task_id !== undefined && earlier.task_id !== task_id) wrong.push(`step ${at} was given twice`);
    if (status === 'running' && steps.slice(0, at).some((one) => one.status !== 'succeeded')) {
      wrong.push(`step ${at} of ${workflow_run_id} began too early`);
    }
  }
  return wrong;
}

const STEP_ENDS: readonly string[] = ['succeeded', 'failed', 'cancelled', 'skipped'];
