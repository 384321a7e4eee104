import * as z from 'zod/mini';
import { defineEvent } from '../define/operation.ts';
import { WorkflowRun } from '../schemas/workflow.ts';
import { exampleWorkflowRun } from '../values/example.ts';

export const workflowUpdated = defineEvent({
  type: 'workflow.updated',
  summary: 'A workflow run, after any change of it.',
  audience: { roles: ['client'], scopes: ['operator.read'] },
  kept: 'durable',
  since: 3,
  payload: z.object({ workflow_run: WorkflowRun }),
  example: { payload: { workflow_run: exampleWorkflowRun } },
});
