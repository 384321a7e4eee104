import type { Approval, ApprovalStatus } from '@tyrum/contracts';
import type { Collection, Transaction } from '../../ports/store.ts';
import type { PagedList } from '../paging/newest-page.ts';

/** An approval as it is kept. */
export interface ApprovalRecord {
  readonly approval: Approval;
  /** What goes on once it is decided; absent where only its opener's own code waits. */
  readonly waiter?: { readonly kind: 'turn' | 'workflow'; readonly id: string };
}

/** The statuses in which somebody still has to decide. */
const WAITING = ['queued', 'reviewing', 'awaiting_human'] as const satisfies readonly ApprovalStatus[];
export const APPROVAL_STATUSES = [
  ...WAITING,
  'approved',
  'denied',
  'expired',
  'cancelled',
] as const satisfies readonly ApprovalStatus[];

export function isWaiting({ status }: Pick<Approval, 'status'>): boolean {
  return (WAITING as readonly ApprovalStatus[]).includes(status);
}

const byTime = ({ approval }: ApprovalRecord) => [approval.created_at, approval.approval_id];

/** What a list is about: the parts of its keys that its filters fix, or `undefined` where an approval is not in it. */
const SUBJECTS = {
  all: () => [],
  conversation: ({ scope }: Approval) => present(scope?.conversation_key),
  turn: ({ scope }: Approval) => present(scope?.turn_id),
  both: ({ scope }: Approval) => present(scope?.conversation_key, scope?.turn_id),
} satisfies Record<string, (approval: Approval) => readonly string[] | undefined>;

export type ApprovalSubject = keyof typeof SUBJECTS;

function present(...parts: readonly (string | undefined)[]): readonly string[] | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? known : undefined;
}

/** One index by status, and one by status and kind, for each subject, so that no list reads past what it shows. */
function listIndexes(): Collection<ApprovalRecord>['indexes'] {
  const indexes: Record<string, Collection<ApprovalRecord>['indexes'][string]> = {};
  for (const [name, subjectOf] of Object.entries(SUBJECTS)) {
    indexes[name] = (record) => behind(subjectOf(record.approval), [record.approval.status], record);
    indexes[`${name}.kind`] = (record) =>
      behind(subjectOf(record.approval), [record.approval.status, record.approval.kind], record);
  }
  return indexes;
}

function behind(subject: readonly string[] | undefined, filter: readonly string[], record: ApprovalRecord) {
  return subject === undefined ? undefined : [...subject, ...filter, ...byTime(record)];
}

export const approvals: Collection<ApprovalRecord> = {
  name: 'approvals',
  indexes: {
    ...listIndexes(),
    key: ({ approval }) => [approval.approval_key],
    /** What a turn or a workflow run waits for. */
    waiter: ({ approval, waiter }) =>
      waiter !== undefined && isWaiting(approval) ? [waiter.kind, waiter.id] : undefined,
  },
};

/** Approvals about a subject, newest first, by status or by status and kind. */
export function approvalList(subject: ApprovalSubject, byKind: boolean): PagedList<ApprovalRecord> {
  return {
    name: 'approvals',
    collection: approvals,
    index: byKind ? `${subject}.kind` : subject,
    place: byTime,
    placeLength: 2,
  };
}

export async function findApproval(
  tx: Transaction,
  tenant: string,
  approvalId: string,
): Promise<ApprovalRecord | undefined> {
  return (await tx.documents.get(tenant, approvals, approvalId))?.value;
}

export async function findByKey(tx: Transaction, tenant: string, key: string): Promise<ApprovalRecord | undefined> {
  return (await tx.documents.list(tenant, approvals, { index: 'key', prefix: [key], limit: 1 })).items[0]?.value;
}
