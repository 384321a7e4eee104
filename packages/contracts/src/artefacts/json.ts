/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** The same value with the keys of every object in order, so that it is written the same way each time. */
export function sortKeys<T extends Json>(value: T): T {
  return sorted(value) as T;
}

function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
