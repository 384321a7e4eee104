import type { WorkflowOffice } from '../../ports/workflows.ts';
import type { DomainServices } from '../domain.ts';
import { inTenant } from '../tenant-unit.ts';
import { advanceWorkflow, canAdvance } from './advance-workflow.ts';
import type { StepServices } from './step-work.ts';
import { WORKFLOW_ALARM } from './workflow-alarm.ts';
import { existingWorkflow, workflows } from './workflow-records.ts';

export interface WorkflowOfficeOptions extends StepServices {
  readonly services: Pick<DomainServices, 'transact'>;
}

/** Workflow runs as the embedder's own code has them, and the alarm by which they go on. */
export function createWorkflowOffice({ services, ...stepping }: WorkflowOfficeOptions): WorkflowOffice {
  stepping.alarms.on(WORKFLOW_ALARM, async (unit, runId) => {
    const record = (await unit.tx.documents.get(unit.tenant, workflows, runId))?.value;
    if (record !== undefined && canAdvance(record)) await advanceWorkflow(unit, stepping, record);
  });

  return {
    resumeToken: (tenant, workflowRunId) =>
      inTenant(services, tenant, async ({ tx }) => {
        const { waits_for_token, resume_token } = await existingWorkflow(tx, tenant, workflowRunId);
        return waits_for_token ? resume_token : undefined;
      }),
  };
}
