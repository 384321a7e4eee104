import type { Artifact } from '@tyrum/contracts';
import type { Collection, Transaction } from '../../ports/store.ts';
import type { PagedList } from '../paging/newest-page.ts';

/** An artifact whose bytes are there. */
export interface ArtifactRecord {
  readonly artifact: Artifact & { readonly size_bytes: number; readonly sha256: string };
  /** The key of its bytes: an id that a peer chose is not one, or two tenants would meet in it. */
  readonly blob: string;
  readonly turn_id?: string;
}

const byTime = ({ artifact }: ArtifactRecord) => [artifact.created_at, artifact.artifact_id];

export const artifacts: Collection<ArtifactRecord> = {
  name: 'artifacts',
  indexes: {
    all: byTime,
    turn: (record) => (record.turn_id === undefined ? undefined : [record.turn_id, ...byTime(record)]),
  },
};

/** Whose the bytes under a key are, in the system's tenant: bytes that belong to nobody are swept away. */
export const artifactBlobs: Collection<{ readonly tenant: string; readonly artifact_id: string }> = {
  name: 'artifact_blobs',
  indexes: {},
};

export const artifactList: PagedList<ArtifactRecord> = {
  name: 'artifacts',
  collection: artifacts,
  index: 'all',
  place: byTime,
  placeLength: 2,
};

export const turnArtifactList: PagedList<ArtifactRecord> = { ...artifactList, index: 'turn' };

export async function findArtifact(tx: Transaction, tenant: string, id: string): Promise<ArtifactRecord | undefined> {
  return (await tx.documents.get(tenant, artifacts, id))?.value;
}
