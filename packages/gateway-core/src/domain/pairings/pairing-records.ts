import type { Pairing } from '@tyrum/contracts';
import type { Collection, Transaction } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';
import type { PagedList } from '../paging/newest-page.ts';

const byNumber = ({ pairing_id }: Pairing) => [sortableNumber(pairing_id)];

/** Pairings as the wire has them, reviews included: there are few of them in each. */
export const pairings: Collection<Pairing> = {
  name: 'pairings',
  indexes: {
    status: (pairing) => [pairing.status, ...byNumber(pairing)],
    node: (pairing) => [pairing.node.node_id, ...byNumber(pairing)],
  },
};

export const pairingList: PagedList<Pairing> = {
  name: 'pairings',
  collection: pairings,
  index: 'status',
  place: byNumber,
  placeLength: 1,
};

export function pairingDocumentId(pairingId: number): string {
  return String(pairingId);
}

export async function findPairing(tx: Transaction, tenant: string, pairingId: number): Promise<Pairing | undefined> {
  return (await tx.documents.get(tenant, pairings, pairingDocumentId(pairingId)))?.value;
}

/** The newest pairing of a node: the one that says how it stands. */
export async function pairingOf(tx: Transaction, tenant: string, nodeId: string): Promise<Pairing | undefined> {
  const query = { index: 'node', prefix: [nodeId], order: 'descending', limit: 1 } as const;
  return (await tx.documents.list(tenant, pairings, query)).items[0]?.value;
}

/** Whether somebody still has to decide it. */
export function isWaiting({ status }: Pairing): boolean {
  return status === 'queued' || status === 'reviewing' || status === 'awaiting_human';
}

/**
 * Whether a paired node may be asked for a capability, or, where none is named, for anything at all. Versions are the node's
 * own affair.
 */
export function mayBeAsked({ status, capability_allowlist }: Pairing, capability: string | undefined): boolean {
  if (status !== 'approved') return false;
  return capability === undefined
    ? capability_allowlist.length > 0
    : capability_allowlist.some(({ id }) => id === capability);
}
