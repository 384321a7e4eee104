import type { ZodType } from 'zod/v3';
import { isKind, partsOf, stepsOf } from './kinds.ts';

interface Problem {
  readonly path: readonly string[];
  readonly problem: string;
}

const KINDS: ReadonlySet<string> = new Set([
  'ZodObject',
  'ZodArray',
  'ZodOptional',
  'ZodNullable',
  'ZodDefault',
  'ZodRecord',
  'ZodUnion',
  'ZodDiscriminatedUnion',
  'ZodString',
  'ZodNumber',
  'ZodBoolean',
  'ZodNull',
  'ZodEnum',
  'ZodLiteral',
  'ZodAny',
]);

/** Checks that JSON Schema has a keyword for. Formats are not among them: zod 3 and JSON Schema read them differently. */
const CHECKS: ReadonlySet<string> = new Set(['min', 'max', 'length', 'regex', 'int', 'finite']);

/** What of a schema of zod 3 the wire cannot carry, and where; the first thing that is found. */
export function problemOf(schema: ZodType, path: readonly string[] = []): Problem | undefined {
  const problem = ownProblem(schema);
  if (problem !== undefined) return { path, problem };
  for (const [step, inner] of stepsOf(schema)) {
    const found = problemOf(inner, step === undefined ? path : [...path, step]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function ownProblem(schema: ZodType): string | undefined {
  const { typeName, checks = [], coerce, value, keyType } = partsOf(schema);
  if (typeName === 'ZodUnknown') return 'takes anything: where that is meant, z.any() says so';
  if (!KINDS.has(typeName))
    return `a wire schema cannot be a ${typeName}: JSON Schema must say the same in every language`;
  if (coerce === true) return 'a wire schema cannot coerce: the sender writes what the reader gets';
  if (typeName === 'ZodLiteral' && value !== null && !['string', 'number', 'boolean'].includes(typeof value))
    return 'a literal of the wire is a JSON value';
  if (keyType !== undefined && !(isKind(keyType, 'ZodString') && (partsOf(keyType).checks ?? []).length === 0))
    return 'the keys of a wire record are plain strings';
  for (const { kind, regex } of checks) {
    if (!CHECKS.has(kind)) return `a wire schema cannot have a check (${kind}) that JSON Schema does not have`;
    const flags = regex?.flags.replace('u', '') ?? '';
    if (flags !== '') return `a pattern of the wire has no flags, JSON Schema cannot say ${flags}`;
  }
  return undefined;
}
