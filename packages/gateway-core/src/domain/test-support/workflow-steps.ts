import type { Action, WorkflowRun } from '@tyrum/contracts';
import type { DomainWorld } from './domain-world.ts';

/** A step that any node with the capability may do; its name is what the node is told. */
export function work(name: string, capability = 'shell.run'): Action {
  return { type: 'CLI', args: { name }, capability };
}

/** A step that asks a person. */
export function confirm(prompt: string, args: Record<string, unknown> = {}): Action {
  return { type: 'Confirm', args: { prompt, ...args } };
}

/** Starts a workflow as the operator, and resolves with its id once everything has come to rest. */
export async function start(
  world: DomainWorld,
  steps: Action[],
  more: { budgets?: { max_duration_ms: number }; plan_id?: string; request_id?: string } = {},
): Promise<string> {
  const started = await world.call('workflow.start', { conversation_key: 'agent:default:main', steps, ...more });
  await world.settle();
  return started.workflow_run_id;
}

/** Lets what a run waited for reach it. */
export async function goOn(world: DomainWorld): Promise<void> {
  await world.settle();
  await world.pass(1);
}

export async function runNow(world: DomainWorld, workflow_run_id: string): Promise<WorkflowRun> {
  return (await world.call('workflow.get', { workflow_run_id })).workflow_run;
}

/** How a run and its steps stand. */
export async function standing(world: DomainWorld, runId: string) {
  const { status, steps } = await runNow(world, runId);
  return [status, ...steps.map((step) => step.status)];
}
