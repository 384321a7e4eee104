/** What an assertion throws; a test runner shows its message. */
class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

export function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Compares JSON-like values by structure; a key that is `undefined` is not the same as an absent one. */
export function equal(actual: unknown, expected: unknown, what = 'value'): void {
  if (isSame(actual, expected)) return;
  throw new AssertionFailure(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Resolves with what a promise rejected with. `expected` is the error itself, or the name that it must have. */
export async function rejects(promise: Promise<unknown>, expected: unknown, what = 'promise'): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    const matches =
      typeof expected === 'string' ? error instanceof Error && error.name === expected : error === expected;
    if (matches) return error;
    throw new AssertionFailure(`${what}: expected a rejection with ${show(expected)}, got ${show(error)}`, {
      cause: error,
    });
  }
  throw new AssertionFailure(
    `${what}: expected a rejection with ${show(expected)}, but it resolved with ${show(value)}`,
  );
}

function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftEntries = Object.entries(left);
  const rightValues = new Map(Object.entries(right));
  return (
    leftEntries.length === rightValues.size &&
    leftEntries.every(([key, value]) => rightValues.has(key) && isSame(value, rightValues.get(key)))
  );
}

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value === undefined) return 'undefined';
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
