import type { Awaitable } from './store.ts';

/** Where the bytes of artifacts are kept. What is known about them, and that they are there, is in the store. */
export interface BlobStore {
  /**
   * Takes bytes under a key that is not in use, as they come, and resolves once they survive what the store survives. It
   * rejects with what the source or the disk threw, and then nothing is left of them.
   */
  write(key: string, bytes: AsyncIterable<Uint8Array>): Promise<WrittenBlob>;
  /** The bytes under a key, from and to a place in them, both included; `undefined` when there are none. */
  read(key: string, range?: ByteRange): Awaitable<AsyncIterable<Uint8Array> | undefined>;
  /** Resolves with whether they were there. */
  delete(key: string): Awaitable<boolean>;
  /** Every key that has bytes, in any order. */
  keys(): AsyncIterable<string>;
}

export interface WrittenBlob {
  readonly sizeBytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** The first and the last byte that are meant, from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}
