import { ProtocolError, type Trace, type WorkflowRun } from '@tyrum/contracts';
import type { Collection, Transaction } from '../../ports/store.ts';
import type { StepTarget } from '../../ports/workflows.ts';
import { conversationScope } from '../conversations/conversation-records.ts';
import { notFound } from '../refusals.ts';
import type { TenantUnit } from '../tenant-unit.ts';

export type WorkflowStep = WorkflowRun['steps'][number];

/** A workflow run as it is kept. */
export interface WorkflowRecord {
  readonly run: WorkflowRun;
  /** For whom each step is, by its index; `null` for one that is an approval. */
  readonly targets: readonly (StepTarget | null)[];
  /** The device that started it: the only client that is told the token. */
  readonly requested_by: string;
  /** The trace context of the request that started it. */
  readonly trace?: Trace;
  /** Unix milliseconds since which it spends its `max_duration_ms`. */
  readonly spends_since: number;
  /** What `workflow.resume` asks for: a secret, kept here and in no event. Of the newest pause that needs one. */
  readonly resume_token?: string;
  /** Whether that pause lasts. */
  readonly waits_for_token: boolean;
}

export const workflows: Collection<WorkflowRecord> = {
  name: 'workflow_runs',
  indexes: { token: ({ resume_token }) => (resume_token === undefined ? undefined : [resume_token]) },
};

export function hasFinished({ status }: Pick<WorkflowRun, 'status'>): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** @throws {ProtocolError} `not_found` */
export async function existingWorkflow(tx: Transaction, tenant: string, runId: string): Promise<WorkflowRecord> {
  const stored = await tx.documents.get(tenant, workflows, runId);
  if (stored === undefined) throw notFound('workflow run', runId);
  return stored.value;
}

/** The run whose newest token this is. @throws {ProtocolError} `not_found`, without the token */
export async function workflowOfToken({ tx, tenant }: TenantUnit, token: string): Promise<WorkflowRecord> {
  const { items } = await tx.documents.list(tenant, workflows, { index: 'token', prefix: [token], limit: 1 });
  const found = items[0]?.value;
  if (found === undefined) throw new ProtocolError('not_found', 'no workflow run waits for this token');
  return found;
}

/** Keeps a workflow run that was started or has changed, and says so. The token stays out of what is said. */
export async function saveWorkflow(unit: TenantUnit, record: WorkflowRecord): Promise<WorkflowRecord> {
  const { run } = record;
  await unit.tx.documents.put(unit.tenant, workflows, run.workflow_run_id, record);
  await unit.events.append('workflow.updated', { workflow_run: run }, conversationScope(run.conversation_key));
  return record;
}
