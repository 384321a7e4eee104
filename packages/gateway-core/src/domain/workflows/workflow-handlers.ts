import { randomText, randomUuid, type Tyrum, type WorkflowRun } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import type { StepPolicy } from '../../ports/workflows.ts';
import { jsonBytes, MOST_PLAN_BYTES } from '../json-size.ts';
import { contractError } from '../refusals.ts';
import { unitOf } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { advanceWorkflow, finished, isUnfinished, withStep } from './advance-workflow.ts';
import { targetsOf } from './step-target.ts';
import { abandonStep, type StepServices } from './step-work.ts';
import {
  existingWorkflow,
  hasFinished,
  saveWorkflow,
  type WorkflowRecord,
  workflowOfToken,
} from './workflow-records.ts';

type WorkflowHandlers = Pick<Handlers<Tyrum>, Extract<keyof Handlers<Tyrum>, `workflow.${string}`>>;

export interface WorkflowServices extends StepServices {
  readonly stepPolicy: StepPolicy;
}

/** What clients ask about workflow runs. */
export function workflowHandlers({ stepPolicy, ...services }: WorkflowServices): WorkflowHandlers {
  const { random } = services;
  return {
    async 'workflow.start'({ conversation_key, plan_id, request_id, steps, budgets }, context) {
      if (jsonBytes(steps) > MOST_PLAN_BYTES) {
        throw contractError(['payload', 'steps'], `expected at most ${MOST_PLAN_BYTES} bytes of JSON`);
      }
      const targets = targetsOf(steps, stepPolicy);
      const unit = unitOf(context);
      const run: WorkflowRun = {
        workflow_run_id: randomUuid(random),
        plan_id: plan_id ?? `plan_${randomText(random, 12)}`,
        request_id: request_id ?? context.requestId,
        conversation_key,
        status: 'running',
        steps: steps.map((action, step_index) => ({
          workflow_run_step_id: randomUuid(random),
          step_index,
          action,
          status: 'queued',
        })),
        ...(budgets === undefined ? {} : { budgets }),
        created_at: wireTime(unit.now),
        finished_at: null,
      };
      await advanceWorkflow(unit, services, {
        run,
        targets,
        requested_by: context.caller.deviceId,
        ...(unit.trace === undefined ? {} : { trace: unit.trace }),
        spends_since: unit.now,
        waits_for_token: false,
      });
      return {
        workflow_run_id: run.workflow_run_id,
        plan_id: run.plan_id,
        request_id: run.request_id,
        conversation_key,
        steps_count: steps.length,
      };
    },

    async 'workflow.resume'({ token }, context) {
      const unit = unitOf(context);
      const record = await workflowOfToken(unit, token);
      const { workflow_run_id } = record.run;
      // The token was used before: the run goes on already.
      if (!record.waits_for_token) return { workflow_run_id, resumed: false };
      await advanceWorkflow(unit, services, passUnknown({ ...record, spends_since: unit.now, waits_for_token: false }));
      return { workflow_run_id, resumed: true };
    },

    async 'workflow.cancel'({ workflow_run_id, reason }, context) {
      const unit = unitOf(context);
      const record = await existingWorkflow(unit.tx, unit.tenant, workflow_run_id);
      const { run } = record;
      if (hasFinished(run)) return { workflow_run_id, cancelled: run.status === 'cancelled' };
      const step = run.steps.find((one) => isUnfinished(one) && one.status !== 'queued');
      if (step !== undefined) await abandonStep(unit, services, step, reason ?? 'the workflow was cancelled');
      const left = step === undefined ? record : withStep(record, { ...step, status: 'cancelled' });
      await saveWorkflow(unit, finished(left, 'cancelled', unit.now, reason));
      return { workflow_run_id, cancelled: true };
    },

    async 'workflow.get'({ workflow_run_id }, { tx, caller }) {
      const record = await existingWorkflow(tx, caller.tenant, workflow_run_id);
      const { run, requested_by, resume_token, waits_for_token } = record;
      const told = waits_for_token && caller.deviceId === requested_by;
      return { workflow_run: run, ...(told && resume_token !== undefined ? { resume_token } : {}) };
    },
  };
}

/** Goes on behind a step of which nobody could tell whether it was done: whoever resumes the run has looked. */
function passUnknown(record: WorkflowRecord): WorkflowRecord {
  const unknown = record.run.steps.find(({ status }) => status === 'paused');
  return unknown === undefined ? record : withStep(record, { ...unknown, status: 'skipped' });
}
