import { StoreUnavailableError } from '@tyrum/gateway-core';

/** Another process, or another store of this one, has the file open. */
export class StoreLockedError extends Error {
  override readonly name = 'StoreLockedError';
}

/** The file is not one that this version of the store can read. */
export class StoreVersionError extends Error {
  override readonly name = 'StoreVersionError';
}

/**
 * The outage that a driver's error stands for: the disk is full, read-only, failing or taken, so that nothing can be
 * kept now. Undefined for every other error, which says something about the statement and not about the engine.
 */
export function outageOf(error: unknown): StoreUnavailableError | undefined {
  const code = resultCode(error);
  if (code === undefined || !OUTAGES.has(code)) return undefined;
  return new StoreUnavailableError(`SQLite cannot commit: ${code}`, { cause: error });
}

/** SQLite's primary result codes that mean an outage, by their number, as node:sqlite reports them. */
const NUMBERS: Readonly<Record<number, string>> = {
  3: 'SQLITE_PERM',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  15: 'SQLITE_PROTOCOL',
  26: 'SQLITE_NOTADB',
};

const OUTAGES: ReadonlySet<string> = new Set(Object.values(NUMBERS));

/** The primary result code by name, whichever driver the error is from. */
function resultCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Extended codes carry the primary one in their low byte (`errcode`), or at the beginning of their name (`code`).
  if ('errcode' in error && typeof error.errcode === 'number') return NUMBERS[error.errcode & 0xff];
  if ('code' in error && typeof error.code === 'string') return /^SQLITE_[A-Z]+/.exec(error.code)?.[0];
  return undefined;
}
