import type { Task } from '@tyrum/contracts';
import type { DomainWorld } from './domain-world.ts';
import type { FakePeer, SentRequest } from './fake-peer.ts';

const action = { type: 'CLI', args: { name: 'uptime' } } as const;

/** Submits a task for a capability, or for whom `to` says, and resolves with it once everything has come to rest. */
export async function submit(
  world: DomainWorld,
  to: { node_id?: string; capability?: string; deadline_ms?: number; turn_id?: string } = { capability: 'shell.run' },
): Promise<Task> {
  const { task } = await world.call('task.submit', { action, ...to });
  await world.settle();
  return task as Task;
}

export async function taskNow(world: DomainWorld, { task_id }: Pick<Task, 'task_id'>): Promise<Task> {
  return (await world.call('task.get', { task_id })).task as Task;
}

/** The dispatches that a node was sent, oldest first. */
export function executions(peer: FakePeer): readonly SentRequest[] {
  return peer.sent('task.execute');
}

/** The newest dispatch that a node was sent. @throws {Error} when it was sent none */
export function lastExecution(peer: FakePeer): SentRequest {
  const last = executions(peer).at(-1);
  if (last === undefined) throw new Error('the node was sent no task');
  return last;
}
