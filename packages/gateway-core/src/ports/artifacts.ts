import type { Artifact, ArtifactFacts } from '@tyrum/contracts';
import type { ByteRange } from './blob-store.ts';

/** Bytes on their way into the gateway, and what is said of them. */
export interface ArtifactUpload {
  readonly artifactId: string;
  readonly facts: ArtifactFacts;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface KeptArtifact {
  readonly artifact: Artifact;
  /** Whether it came to be by this upload; otherwise the same bytes were there under its id. */
  readonly created: boolean;
}

export interface OpenArtifact {
  readonly artifact: Artifact & { readonly size_bytes: number; readonly sha256: string };
  /** Reads the bytes, or some of them. Reading from the first one on is told as `artifact.fetched`. */
  read(range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * Bytes in and out, with the rights of an access token: those of the authorization table.
 *
 * Everything here rejects with a `ProtocolError`: `unauthorized`, `forbidden`, `rate_limited`, `not_found`, `contract_error`,
 * `conflict`, `invalid_state`, `unsupported_operation` without a blob store.
 */
export interface ArtifactDoor {
  /** The largest artifact that is taken, in bytes. */
  readonly mostBytes: number;
  /**
   * Keeps bytes under an id that the sender chose, so that it may try again: bytes first, then what is known of them and its
   * events in one transaction. The same bytes under the same id are kept once; others are a `conflict`.
   *
   * @throws {ArtifactTooLargeError} as soon as there are too many bytes
   */
  put(token: string | undefined, upload: ArtifactUpload): Promise<KeptArtifact>;
  get(token: string | undefined, artifactId: string): Promise<OpenArtifact>;
}

/** More bytes came than the gateway takes; nothing of them was kept. */
export class ArtifactTooLargeError extends Error {
  override readonly name = 'ArtifactTooLargeError';
}
