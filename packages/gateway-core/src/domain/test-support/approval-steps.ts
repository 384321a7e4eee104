import type { Approval, ApprovalStatus } from '@tyrum/contracts';
import type { NewApproval } from '../../ports/approvals.ts';
import type { DomainWorld } from './domain-world.ts';

/** A question that says nothing of its own but its key. */
function question(key: string, more: Partial<NewApproval> = {}): NewApproval {
  return { key, prompt: `May ${key} go on?`, motivation: 'it is asked', ...more };
}

/** Opens a question as the embedder's own code does. */
export function openQuestion(world: DomainWorld, key: string, more: Partial<NewApproval> = {}): Promise<Approval> {
  return world.domain.approvals.open('acme', question(key, more));
}

/** Answers as a person at a client does, and resolves once everything has come to rest. */
export async function resolve(
  world: DomainWorld,
  { approval_id }: Pick<Approval, 'approval_id'>,
  decision: 'approved' | 'denied',
) {
  const answered = await world.call('approval.resolve', { approval_id, decision });
  await world.settle();
  return answered;
}

/** Every approval of a status, newest first. */
export async function listed(world: DomainWorld, status?: ApprovalStatus): Promise<readonly Approval[]> {
  return (await world.call('approval.list', status === undefined ? {} : { status })).approvals;
}

/** The one approval that waits. @throws {Error} when there is another number of them */
export async function waitingOne(world: DomainWorld): Promise<Approval> {
  const [one, ...more] = await listed(world, 'awaiting_human');
  if (one === undefined || more.length > 0) throw new Error('expected one approval that waits');
  return one;
}
