import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type BlobStore,
  generateGatewayKey,
  nodeSigner,
  type Signer,
  silentTelemetry,
  type Telemetry,
} from '@tyrum/gateway-core';
import { createSqliteStore, type SqliteStore } from '@tyrum/store-sqlite';
import { createBlobDirectory } from './blob-directory.ts';

/** Where one gateway keeps everything, held for this process alone until the store is closed. */
export interface DataDirectory {
  /** Absolute. */
  readonly path: string;
  readonly store: SqliteStore;
  readonly signer: Signer;
  readonly blobs: BlobStore;
}

const DATABASE = 'tyrum.sqlite';
const KEY = 'gateway-key.pem';
const BLOBS = 'artifacts';

/** A data directory that cannot be used; the message says why, for a person. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}

/**
 * Opens a data directory, and makes it, with a new gateway key, where there is none.
 *
 * @throws {DataDirectoryError} when it cannot be made, read or written, or its key is not one.
 * @throws {StoreLockedError} when another process uses it.
 */
export async function openDataDirectory(path: string, telemetry: Telemetry = silentTelemetry): Promise<DataDirectory> {
  const absolute = resolve(path);
  try {
    await mkdir(absolute, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(absolute, cause);
  }
  // The store first: its lock makes this process the only one that may make the key.
  const store = await createSqliteStore({ path: join(absolute, DATABASE) });
  try {
    const signer = await readSigner(join(absolute, KEY), telemetry);
    return { path: absolute, store, signer, blobs: await createBlobDirectory(join(absolute, BLOBS)) };
  } catch (cause) {
    await store.close();
    throw cause instanceof DataDirectoryError ? cause : unusable(absolute, cause);
  }
}

async function readSigner(path: string, telemetry: Telemetry): Promise<Signer> {
  const pem = (await readKey(path, telemetry)) ?? (await makeKey(path));
  try {
    return nodeSigner(pem);
  } catch (cause) {
    throw new DataDirectoryError(
      `${path} is not an Ed25519 private key in PEM; restore it, or remove it to begin with a new identity`,
      { cause },
    );
  }
}

async function readKey(path: string, telemetry: Telemetry): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      telemetry.log('warn', 'others can read the gateway key; take the right away with chmod 600', { path });
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Whole or not at all: a gateway that loses its key in a crash is another gateway to those who pinned it. */
async function makeKey(path: string): Promise<string> {
  const pem = generateGatewayKey();
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(pem);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  return pem;
}

function unusable(path: string, cause: unknown): DataDirectoryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataDirectoryError(`the data directory ${path} cannot be used: ${reason}`, { cause });
}
