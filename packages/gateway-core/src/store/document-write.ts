import { VersionConflictError } from '../ports/store.ts';

/**
 * The JSON text that stands for a document.
 *
 * @throws {TypeError} for what JSON cannot say: undefined, a function, a cycle, a bigint.
 */
export function documentText(value: unknown): string {
  // The type of `JSON.stringify` leaves out that it answers undefined to undefined.
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError('a document is a JSON value');
  return text;
}

/**
 * The version that a `put` writes.
 *
 * @param current the version that is there, 0 for none
 * @throws {VersionConflictError} when another one was expected
 */
export function nextVersion(collection: string, id: string, current: number, expected: number | undefined): number {
  if (expected !== undefined && expected !== current) {
    throw new VersionConflictError(`${collection} ${id} is at version ${current}, not ${expected}`);
  }
  return current + 1;
}
