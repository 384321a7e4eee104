import { ProtocolError, type Random } from '@tyrum/contracts';
import type { Alarms } from '../alarms/alarms.ts';
import { isWaiting } from '../approvals/approval-records.ts';
import { endApproval } from '../approvals/approval-transitions.ts';
import { existingApproval } from '../approvals/decide-approval.ts';
import { type OpeningServices, openApproval } from '../approvals/open-approval.ts';
import { submitTask } from '../tasks/submit-task.ts';
import { findTask, hasEnded } from '../tasks/task-records.ts';
import { endTask } from '../tasks/task-transitions.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import type { WorkflowRecord, WorkflowStep } from './workflow-records.ts';

export interface StepServices {
  readonly alarms: Alarms;
  readonly random: Random;
  readonly approvals: OpeningServices;
}

/** A step as it stands now, and why, where it did not end well. */
export interface StepNow {
  readonly step: WorkflowStep;
  readonly reason?: string;
}

/** Begins a step: asks its question, or submits its task. What cannot even begin has failed. */
export async function beginStep(
  unit: TenantUnit,
  services: StepServices,
  record: WorkflowRecord,
  step: WorkflowStep,
): Promise<StepNow> {
  const target = record.targets[step.step_index] ?? null;
  try {
    if (target === null) return await ask(unit, services, record, step);
    const { task } = await submitTask(unit, services, {
      action: step.action,
      ...target,
      workflowRunId: record.run.workflow_run_id,
      trace: record.trace,
    });
    return { step: { ...step, status: 'running', task_id: task.task_id } };
  } catch (error) {
    if (!ProtocolError.is(error)) throw error;
    return { step: { ...step, status: 'failed' }, reason: `${nameOf(step)}: ${error.message}` };
  }
}

/** Looks whether a step that was begun has ended. */
export async function lookAtStep(unit: TenantUnit, step: WorkflowStep): Promise<StepNow> {
  if (step.approval_id !== undefined) return lookAtApproval(unit, step, step.approval_id);
  const task = step.task_id === undefined ? undefined : (await findTask(unit.tx, unit.tenant, step.task_id))?.task;
  if (task === undefined) return { step: { ...step, status: 'failed' }, reason: `${nameOf(step)}: its task is gone` };
  const { status, error } = task;
  if (!hasEnded(task)) return { step };
  if (status === 'succeeded') return { step: { ...step, status } };
  const reason = `${nameOf(step)}: ${error?.message ?? status}`;
  if (status === 'outcome_unknown') return { step: { ...step, status: 'paused' }, reason };
  return { step: { ...step, status: status === 'cancelled' ? 'cancelled' : 'failed' }, reason };
}

/** Ends what a step under way waits for. */
export async function abandonStep(
  unit: TenantUnit,
  { alarms, approvals }: StepServices,
  { task_id, approval_id }: WorkflowStep,
  message: string,
): Promise<void> {
  if (approval_id !== undefined) {
    const record = await existingApproval(unit, approval_id);
    if (!isWaiting(record.approval)) return;
    const reviewer = { kind: 'system', id: null } as const;
    await endApproval(unit, approvals, record, { state: 'cancelled', reviewer, reason: message });
    return;
  }
  const record = task_id === undefined ? undefined : await findTask(unit.tx, unit.tenant, task_id);
  if (record === undefined || hasEnded(record.task)) return;
  await endTask(unit, alarms, record, { status: 'cancelled', error: { code: 'cancelled', message } });
}

async function ask(
  unit: TenantUnit,
  { approvals }: StepServices,
  { run }: WorkflowRecord,
  step: WorkflowStep,
): Promise<StepNow> {
  const { workflow_run_id, conversation_key, plan_id } = run;
  const { prompt, motivation, expires_in_ms, ...args } = step.action.args ?? {};
  const { approval } = await openApproval(unit, approvals, {
    key: `workflow:${workflow_run_id}:${step.step_index}`,
    kind: 'workflow_step',
    prompt: typeof prompt === 'string' && prompt !== '' ? prompt : `Go on with ${nameOf(step)} of ${plan_id}?`,
    motivation: typeof motivation === 'string' && motivation !== '' ? motivation : 'the plan asks before it goes on',
    ...(Object.keys(args).length === 0 ? {} : { context: args }),
    ...(typeof expires_in_ms === 'number' && expires_in_ms > 0 ? { expiresInMs: expires_in_ms } : {}),
    scope: { conversation_key, workflow_run_step_id: step.workflow_run_step_id },
    waiter: { kind: 'workflow', id: workflow_run_id },
  });
  return lookAtApproval(unit, { ...step, status: 'paused', approval_id: approval.approval_id }, approval.approval_id);
}

async function lookAtApproval(unit: TenantUnit, step: WorkflowStep, approvalId: string): Promise<StepNow> {
  const { approval } = await existingApproval(unit, approvalId);
  if (isWaiting(approval)) return { step };
  if (approval.status === 'approved') return { step: { ...step, status: 'succeeded' } };
  const reason = `${nameOf(step)}: the approval was ${approval.status === 'expired' ? 'not given in time' : approval.status}`;
  return { step: { ...step, status: approval.status === 'cancelled' ? 'cancelled' : 'failed' }, reason };
}

function nameOf({ step_index, action }: WorkflowStep): string {
  return `step ${step_index + 1} (${action.type})`;
}
