import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { defineRequest } from '../define/operation.ts';
import { Text } from '../schemas/common.ts';
import { Action } from '../schemas/task.ts';
import { Budgets } from '../schemas/turn.ts';
import { WorkflowRun } from '../schemas/workflow.ts';
import { EXAMPLE, exampleTask, exampleWorkflowRun } from '../values/example.ts';

const write = {
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'once',
  since: 2,
} as const;

export const workflowStart = defineRequest({
  type: 'workflow.start',
  summary: 'Starts a plan of steps that run in order.',
  ...write,
  payload: z.object({
    conversation_key: Text,
    plan_id: z.optional(Text.check(z.maxLength(128))),
    request_id: z.optional(Text.check(z.maxLength(128))),
    steps: z.array(Action).check(z.minLength(1), z.maxLength(256)),
    budgets: z.optional(Budgets),
  }),
  result: z.object({
    workflow_run_id: z.uuid(),
    plan_id: Text,
    request_id: Text,
    conversation_key: Text,
    steps_count: z.int().check(z.gte(1)),
  }),
  example: {
    payload: { conversation_key: 'agent:default:main', steps: [exampleTask.action] },
    result: {
      workflow_run_id: EXAMPLE.uuid,
      plan_id: 'plan-1',
      request_id: 'req-1',
      conversation_key: 'agent:default:main',
      steps_count: 1,
    },
  },
});

export const workflowResume = defineRequest({
  type: 'workflow.resume',
  summary: 'Lets a paused workflow run go on.',
  ...write,
  payload: z.object({ token: Text.apply(meta, { description: 'As `workflow.get` or the gateway told it.' }) }),
  result: z.object({
    workflow_run_id: z.uuid(),
    resumed: z
      .boolean()
      .apply(meta, { description: '`false` where the token was used before and the run goes on already.' }),
  }),
  errors: ['not_found'],
  example: { payload: { token: 'wfr_1' }, result: { workflow_run_id: EXAMPLE.uuid, resumed: true } },
});

export const workflowCancel = defineRequest({
  type: 'workflow.cancel',
  summary: 'Cancels a workflow run; what runs of it is aborted.',
  ...write,
  payload: z.object({ workflow_run_id: z.uuid(), reason: z.optional(Text.check(z.maxLength(1024))) }),
  result: z.object({ workflow_run_id: z.uuid(), cancelled: z.boolean() }),
  errors: ['not_found'],
  example: { payload: { workflow_run_id: EXAMPLE.uuid }, result: { workflow_run_id: EXAMPLE.uuid, cancelled: true } },
});

export const workflowGet = defineRequest({
  type: 'workflow.get',
  summary: 'Reads a workflow run with its steps.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
  payload: z.object({ workflow_run_id: z.uuid() }),
  result: z.object({
    workflow_run: WorkflowRun,
    resume_token: z.optional(Text).apply(meta, {
      description:
        'What `workflow.resume` asks for, while the run waits for it; told to the device alone that started the run.',
    }),
  }),
  errors: ['not_found'],
  example: { payload: { workflow_run_id: EXAMPLE.uuid }, result: { workflow_run: exampleWorkflowRun } },
});
