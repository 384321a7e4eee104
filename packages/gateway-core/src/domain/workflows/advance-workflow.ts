import { randomText } from '@tyrum/contracts';
import type { TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { beginStep, lookAtStep, type StepNow, type StepServices } from './step-work.ts';
import { saveWorkflow, type WorkflowRecord, type WorkflowStep } from './workflow-records.ts';

/**
 * Takes a run as far as it goes now: notes how the step under way ended, and begins the next one in the same transaction, so
 * that each is begun once [WF-1]. It says so once, also where several steps were passed.
 */
export async function advanceWorkflow(
  unit: TenantUnit,
  services: StepServices,
  record: WorkflowRecord,
): Promise<WorkflowRecord> {
  let current = record;
  for (;;) {
    const step = current.run.steps.find(isUnfinished);
    if (step === undefined) return saveWorkflow(unit, finished(current, 'succeeded', unit.now));
    if (step.status === 'queued' && budgetIsSpent(current, unit.now)) {
      return saveWorkflow(unit, pausedForToken(current, services, 'the run has used up its max_duration_ms'));
    }
    const now =
      step.status === 'queued' ? await beginStep(unit, services, current, step) : await lookAtStep(unit, step);
    current = withStep(current, now.step);
    switch (now.step.status) {
      case 'succeeded':
        continue;
      case 'running':
        return saveWorkflow(unit, going(current, 'running'));
      case 'paused':
        return saveWorkflow(
          unit,
          now.reason === undefined ? going(current, 'paused') : pausedForToken(current, services, now.reason),
        );
      default:
        return saveWorkflow(unit, finished(current, 'failed', unit.now, now.reason));
    }
  }
}

/** Whether something of a run is to be looked at when it is woken: not while it is paused until somebody has the token. */
export function canAdvance({ run, waits_for_token }: WorkflowRecord): boolean {
  return (run.status === 'running' || run.status === 'paused') && !waits_for_token;
}

export function isUnfinished({ status }: WorkflowStep): boolean {
  return status === 'queued' || status === 'running' || status === 'paused';
}

export function withStep(record: WorkflowRecord, step: StepNow['step']): WorkflowRecord {
  const steps = record.run.steps.map((one) => (one.step_index === step.step_index ? step : one));
  return { ...record, run: { ...record.run, steps } };
}

/** A run that has ended; what it did not come to is skipped. */
export function finished(
  { resume_token: _token, ...record }: WorkflowRecord,
  status: 'succeeded' | 'failed' | 'cancelled',
  now: number,
  reason?: string,
): WorkflowRecord {
  const steps = record.run.steps.map((step) => (isUnfinished(step) ? { ...step, status: 'skipped' as const } : step));
  return {
    ...record,
    run: { ...record.run, status, steps, finished_at: wireTime(now), ...(reason === undefined ? {} : { reason }) },
    waits_for_token: false,
  };
}

function going(record: WorkflowRecord, status: 'running' | 'paused'): WorkflowRecord {
  const { reason: _reason, ...run } = record.run;
  return { ...record, run: { ...run, status } };
}

function pausedForToken(record: WorkflowRecord, { random }: StepServices, reason: string): WorkflowRecord {
  return {
    ...record,
    run: { ...record.run, status: 'paused', reason },
    resume_token: `wfr_${randomText(random, 32)}`,
    waits_for_token: true,
  };
}

function budgetIsSpent({ run, spends_since }: WorkflowRecord, now: number): boolean {
  const most = run.budgets?.max_duration_ms;
  return most !== undefined && now - spends_since >= most;
}
