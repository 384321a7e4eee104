import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { Text, Timestamp } from './common.ts';
import { Action } from './task.ts';
import { Budgets } from './turn.ts';

export const WorkflowStatus = z
  .enum(['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled'])
  .apply(meta, { id: 'WorkflowStatus', description: 'Where a workflow run stands.' });
export type WorkflowStatus = z.infer<typeof WorkflowStatus>;

export const WorkflowStep = z
  .object({
    workflow_run_step_id: z.uuid(),
    step_index: z.int().check(z.gte(0)),
    action: Action,
    status: z.enum(['queued', 'running', 'paused', 'succeeded', 'failed', 'cancelled', 'skipped']),
    task_id: z.optional(z.uuid()),
    approval_id: z.optional(z.uuid()),
  })
  .apply(meta, {
    id: 'WorkflowStep',
    description: 'One step of a workflow run: a task, or an approval for a `Confirm`.',
  });

export const WorkflowRun = z
  .object({
    workflow_run_id: z.uuid(),
    plan_id: Text,
    request_id: Text,
    conversation_key: Text,
    status: WorkflowStatus,
    steps: z.array(WorkflowStep),
    budgets: z.optional(Budgets),
    created_at: Timestamp,
    finished_at: z.nullable(Timestamp),
    reason: z.optional(Text).apply(meta, { description: 'Why it is paused, failed or was cancelled, for people.' }),
  })
  .apply(meta, { id: 'WorkflowRun', description: 'A plan of steps that run in order.' });
export interface WorkflowRun extends z.infer<typeof WorkflowRun> {}
