import type { Json } from './json.ts';

/** One place where two JSON values differ; `undefined` stands for absent. */
export interface JsonChange {
  readonly path: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Every place where two JSON values differ, the deepest that tells it, in the order of their keys. */
export function jsonChanges(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[] = [],
): readonly JsonChange[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => jsonChanges(before[key], after[key], [...path, key]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** One line: `+ path: value`, `- path: value` or `~ path: before → after`. */
export function describeChange({ path, before, after }: JsonChange): string {
  const place = path.join(' › ');
  if (before === undefined) return `+ ${place}: ${text(after)}`;
  return after === undefined ? `- ${place}: ${text(before)}` : `~ ${place}: ${text(before)} → ${text(after)}`;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: Json | undefined): string {
  return JSON.stringify(value) ?? 'absent';
}
