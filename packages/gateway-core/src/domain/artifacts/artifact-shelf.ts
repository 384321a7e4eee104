import { type Artifact, type ArtifactFacts, type EventScope, ProtocolError, randomUuid } from '@tyrum/contracts';
import type { Caller } from '../../engine/requests/handlers.ts';
import {
  ArtifactTooLargeError,
  type ArtifactUpload,
  type KeptArtifact,
  type OpenArtifact,
} from '../../ports/artifacts.ts';
import type { BlobStore, WrittenBlob } from '../../ports/blob-store.ts';
import { StoreUnavailableError } from '../../ports/store.ts';
import { conversationScope } from '../conversations/conversation-records.ts';
import type { DomainServices } from '../domain.ts';
import { contractError, notFound } from '../refusals.ts';
import { heldBy } from '../tasks/leaseholder-handlers.ts';
import { inTenant, SYSTEM, type TenantUnit } from '../tenant-unit.ts';
import { turns } from '../turns/turn-records.ts';
import { wireTime } from '../wire-time.ts';
import { type ArtifactRecord, artifactBlobs, artifacts, findArtifact } from './artifact-records.ts';
import { mediaClassOf } from './media-class.ts';

/** Where artifacts are put and taken from, by callers whose rights have been judged. */
export interface ArtifactShelf {
  readonly mostBytes: number;
  put(caller: Pick<Caller, 'tenant' | 'deviceId' | 'role'>, upload: ArtifactUpload): Promise<KeptArtifact>;
  get(caller: Pick<Caller, 'tenant' | 'deviceId'>, artifactId: string): Promise<OpenArtifact>;
  /** Removes the bytes that a crash left without an artifact. */
  sweep(): Promise<void>;
}

/** To what an artifact belongs. */
interface Belonging {
  readonly turn_id: string;
  readonly dispatch_id?: string;
  readonly scope: { readonly scope: EventScope };
}

const BATCH = 256;

export function createArtifactShelf(services: DomainServices): ArtifactShelf {
  const { blobs, mostArtifactBytes: mostBytes, random, store } = services;
  /** Keys whose bytes are not an artifact yet, and shall not be swept. */
  const underWay = new Set<string>();

  function blobStore(): BlobStore {
    if (blobs !== undefined) return blobs;
    throw new ProtocolError('unsupported_operation', 'this gateway has no place for the bytes of artifacts');
  }

  async function keep(
    caller: Pick<Caller, 'tenant' | 'deviceId' | 'role'>,
    { artifactId: artifact_id, facts }: ArtifactUpload,
    blob: string,
    written: WrittenBlob,
  ): Promise<KeptArtifact> {
    return inTenant(services, caller.tenant, async (unit) => {
      const { tx, tenant, events } = unit;
      const earlier = await findArtifact(tx, tenant, artifact_id);
      if (earlier !== undefined) return { artifact: sameAs(earlier, written.sha256), created: false };
      const belonging = await belongingOf(unit, caller, facts);
      const artifact = artifactOf(artifact_id, facts, written, wireTime(unit.now));
      const turn = belonging === undefined ? {} : { turn_id: belonging.turn_id };
      await tx.documents.put(tenant, artifacts, artifact_id, { artifact, blob, ...turn }, 0);
      await tx.documents.put(SYSTEM, artifactBlobs, blob, { tenant, artifact_id }, 0);
      await events.append('artifact.created', { artifact }, belonging?.scope);
      if (belonging !== undefined) {
        const { scope, ...whose } = belonging;
        await events.append('artifact.attached', { artifact, ...whose }, scope);
      }
      return { artifact, created: true };
    });
  }

  return {
    mostBytes,
    async put(caller, upload) {
      const place = blobStore();
      const { artifactId, facts } = upload;
      // What would be refused in the end is refused before its bytes are taken.
      const known = await inTenant(services, caller.tenant, async (unit) => {
        const earlier = await findArtifact(unit.tx, unit.tenant, artifactId);
        if (earlier === undefined) await belongingOf(unit, caller, facts);
        else if (facts.sha256 !== undefined) return sameAs(earlier, facts.sha256);
        return undefined;
      });
      if (known !== undefined) return { artifact: known, created: false };

      const blob = randomUuid(random);
      underWay.add(blob);
      try {
        const written = await place.write(blob, bounded(upload.bytes, mostBytes));
        let kept: KeptArtifact | undefined;
        try {
          if (facts.sha256 !== undefined && facts.sha256 !== written.sha256) {
            throw contractError(['sha256'], `the bytes that came have another one, ${written.sha256}`);
          }
          kept = await keep(caller, upload, blob, written);
          return kept;
        } catch (error) {
          // Nobody knows whether a commit held that could not be told: the next sweep does.
          if (error instanceof StoreUnavailableError) kept = { created: true } as KeptArtifact;
          throw error;
        } finally {
          if (kept?.created !== true) await place.delete(blob);
        }
      } finally {
        underWay.delete(blob);
      }
    },
    async get({ tenant, deviceId: fetched_by }, artifactId) {
      const place = blobStore();
      const record = await store.transact((tx) => findArtifact(tx, tenant, artifactId));
      if (record === undefined) throw notFound('artifact', artifactId);
      const { artifact, blob } = record;
      return {
        artifact,
        async read(range) {
          const bytes = await place.read(blob, range);
          if (bytes === undefined) throw new Error(`the bytes of artifact ${artifactId} are gone`);
          if (range === undefined || range.start === 0) {
            await inTenant(services, tenant, ({ events }) =>
              events.append('artifact.fetched', { artifact, fetched_by }),
            );
          }
          return bytes;
        },
      };
    },
    async sweep() {
      if (blobs === undefined) return;
      let batch: string[] = [];
      const settle = async () => {
        const orphans = await store.transact(async ({ documents }) => {
          const found: string[] = [];
          for (const key of batch) if ((await documents.get(SYSTEM, artifactBlobs, key)) === undefined) found.push(key);
          return found;
        });
        for (const key of orphans) if (!underWay.has(key)) await blobs.delete(key);
        batch = [];
      };
      for await (const key of blobs.keys()) {
        if (!underWay.has(key)) batch.push(key);
        if (batch.length === BATCH) await settle();
      }
      await settle();
    },
  };
}

/** @throws {ProtocolError} `conflict` when other bytes are there */
function sameAs({ artifact }: ArtifactRecord, sha256: string): Artifact {
  if (artifact.sha256 === sha256) return artifact;
  throw new ProtocolError('conflict', 'other bytes are kept under this id', { details: { artifact } });
}

/** @throws {ProtocolError} for a turn that is not there, and for a dispatch that the caller does not hold */
async function belongingOf(
  unit: TenantUnit,
  { role, deviceId }: Pick<Caller, 'role' | 'deviceId'>,
  { turn_id, dispatch_id }: ArtifactFacts,
): Promise<Belonging | undefined> {
  if (dispatch_id === undefined && role === 'node' && turn_id !== undefined) {
    throw new ProtocolError('forbidden', 'a node adds to a turn by the dispatch that it holds');
  }
  const task = dispatch_id === undefined ? undefined : (await heldBy(unit, deviceId, dispatch_id)).task;
  if (task !== undefined && turn_id !== undefined && turn_id !== task.turn_id) {
    throw contractError(['turn_id'], 'expected the turn of the dispatch');
  }
  const id = task?.turn_id ?? turn_id;
  if (id === undefined) return undefined;
  const record = await unit.tx.documents.get(unit.tenant, turns, id);
  if (record === undefined) throw notFound('turn', id);
  const scope = conversationScope(record.value.turn.conversation_key);
  return { turn_id: id, ...(dispatch_id === undefined ? {} : { dispatch_id }), scope };
}

function artifactOf(
  artifact_id: string,
  { turn_id: _turn, dispatch_id: _dispatch, sha256: _expected, kind = 'file', filename, ...facts }: ArtifactFacts,
  { sizeBytes, sha256 }: WrittenBlob,
  created_at: string,
): ArtifactRecord['artifact'] {
  return {
    artifact_id,
    uri: `artifact:${artifact_id}`,
    external_url: `/artifacts/${artifact_id}`,
    kind,
    media_class: mediaClassOf(facts.mime_type),
    created_at,
    filename,
    ...facts,
    size_bytes: sizeBytes,
    sha256,
  };
}

async function* bounded(bytes: AsyncIterable<Uint8Array>, most: number): AsyncIterable<Uint8Array> {
  let count = 0;
  for await (const chunk of bytes) {
    count += chunk.byteLength;
    if (count > most) throw new ArtifactTooLargeError(`an artifact has at most ${most} bytes`);
    yield chunk;
  }
}
