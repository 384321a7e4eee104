import type { Alarms } from '../alarms/alarms.ts';
import type { TenantUnit } from '../tenant-unit.ts';

/** The one alarm of a workflow run: what it waited for has come. */
export const WORKFLOW_ALARM = 'workflow';

/**
 * Has a workflow run look at its step at once, in a transaction of its own. Set in the transaction that ends what the step
 * waited for: a crash between the two loses nothing.
 */
export function wakeWorkflow(unit: TenantUnit, alarms: Alarms, runId: string): Promise<void> {
  return alarms.set(unit, WORKFLOW_ALARM, runId, unit.now);
}
