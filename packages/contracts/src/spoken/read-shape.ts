import type { Misfit, Reading } from '../define/read-as.ts';
import type { Reader } from '../define/schema-at.ts';
import { describeIssue, MOST_ISSUES, oneOf } from '../frames/issues.ts';
import { expects, type Findings, isFatal, within, wrongKind } from './findings.ts';
import { readNumber, readString } from './read-scalar.ts';
import type { Shape } from './shape.ts';

/** For whom a value is read, and at which revision. */
export interface Circumstances {
  readonly revision: number;
  readonly reader: Reader;
}

/**
 * Reads a value by a shape as `readAs` does by the schema that it was made from: the same verdict, the same value, the same words
 * for the first thing that is wrong. Never throws.
 */
export function readShape(shape: Shape, value: unknown, root: string, circumstances: Circumstances): Reading {
  const findings: Findings = [];
  const read = readInto(findings, shape, value, circumstances);
  return findings.length === 0 ? { fits: true, value: read } : misfit(findings, root);
}

function misfit(findings: Findings, root: string): Misfit {
  const issues = findings
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => ({ path: [root, ...path.reverse()], message }));
  return { fits: false, issues, message: issues.slice(0, 1).map(describeIssue).join() };
}

function readInto(findings: Findings, shape: Shape, value: unknown, by: Circumstances): unknown {
  switch (shape.is) {
    case 'string':
      return readString(findings, shape, value);
    case 'number':
      return readNumber(findings, shape, value);
    case 'boolean':
      return typeof value === 'boolean' ? value : wrongKind(findings, 'boolean', value);
    case 'unknown':
      return value;
    case 'enum':
      return shape.values.includes(value) ? value : expects(findings, oneOf(shape.values));
    case 'optional':
      return value === undefined ? value : readInto(findings, shape.of, value, by);
    case 'nullable':
      return value === null ? value : readInto(findings, shape.of, value, by);
    case 'default':
      return value === undefined ? fresh(shape.value) : readInto(findings, shape.of, value, by);
    case 'object':
      return isObject(value) ? readObject(findings, shape, value, by) : wrongKind(findings, 'object', value);
    case 'record':
      return isObject(value) ? readOthers(findings, {}, shape.of, value, by) : wrongKind(findings, 'record', value);
    case 'array':
      return Array.isArray(value) ? readItems(findings, shape, value, by) : wrongKind(findings, 'array', value);
    case 'union':
      return shape.by === undefined
        ? readOneOf(findings, shape.of, value, by)
        : readTold(findings, shape.of, shape.by, value, by);
  }
}

function readObject(
  findings: Findings,
  shape: Extract<Shape, { is: 'object' }>,
  value: Readonly<Record<string, unknown>>,
  by: Circumstances,
): unknown {
  const { fields, rest } = shape;
  const read: Record<string, unknown> = {};
  for (const key in fields) {
    const field = fields[key] as Shape;
    if (!livesAt(field, by.revision)) continue;
    const before = findings.length;
    const known = readInto(findings, field, value[key], by);
    if (known !== undefined) read[key] = known;
    else if (field.is !== 'optional' && findings.length === before && !(key in value)) {
      wrongKind(findings, 'nonoptional', known);
    }
    within(findings, before, key);
  }
  if (rest !== undefined) return readOthers(findings, read, rest, value, by, shape);
  if (by.reader === 'gateway') refuseOthers(findings, value, by, shape);
  return read;
}

/** Reads the keys that a shape does not name, all of them where there is none. */
function readOthers(
  findings: Findings,
  read: Record<string, unknown>,
  rest: Shape,
  value: Readonly<Record<string, unknown>>,
  by: Circumstances,
  shape?: Extract<Shape, { is: 'object' }>,
): unknown {
  for (const key in value) {
    // As a key of its own it would become the prototype of what is read.
    if (key === '__proto__' || names(shape, key, by)) continue;
    const before = findings.length;
    read[key] = readInto(findings, rest, value[key], by);
    within(findings, before, key);
  }
  return read;
}

function refuseOthers(
  findings: Findings,
  value: object,
  by: Circumstances,
  shape: Extract<Shape, { is: 'object' }>,
): void {
  for (const key in value) {
    if (!names(shape, key, by)) return void findings.push({ path: [key], message: 'unknown key', fatal: false });
  }
}

function names(shape: Extract<Shape, { is: 'object' }> | undefined, key: string, { revision }: Circumstances): boolean {
  const field = shape !== undefined && Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
  return field !== undefined && livesAt(field, revision);
}

function livesAt({ since, until }: Shape, revision: number): boolean {
  return (since === undefined || since <= revision) && (until === undefined || revision <= until);
}

function readItems(
  findings: Findings,
  { of, min, max }: Extract<Shape, { is: 'array' }>,
  value: readonly unknown[],
  by: Circumstances,
): unknown {
  // Told before anything in it is read, however much that is.
  if (max !== undefined && value.length > max) return expects(findings, `at most ${max} items`);
  const read = value.map((item, index) => {
    const before = findings.length;
    const known = readInto(findings, of, item, by);
    within(findings, before, index);
    return known;
  });
  if (min !== undefined && value.length < min) expects(findings, `at least ${min} items`, false);
  return read;
}

/** The option that a field of the value names. */
function readTold(
  findings: Findings,
  options: readonly Shape[],
  field: string,
  value: unknown,
  by: Circumstances,
): unknown {
  if (!isObject(value)) return wrongKind(findings, 'object', value);
  const tags = options.map((option) => tagsOf(option, field));
  const option = options[tags.findIndex((names) => names.includes(value[field]))];
  if (option !== undefined) return readInto(findings, option, value, by);
  const before = findings.length;
  expects(findings, oneOf(tags.flat()));
  return within(findings, before, field);
}

function tagsOf(option: Shape, field: string): readonly unknown[] {
  const tag = option.is === 'object' ? option.fields[field] : undefined;
  return tag?.is === 'enum' ? tag.values : [];
}

/** The first option that fits; where none does and one alone is of the right kind, what is wrong with that one. */
function readOneOf(findings: Findings, options: readonly Shape[], value: unknown, by: Circumstances): unknown {
  const near: Findings[] = [];
  for (const option of options) {
    const own: Findings = [];
    const read = readInto(own, option, value, by);
    if (own.length === 0) return read;
    if (!own.some(isFatal)) near.push(own);
  }
  const [only] = near;
  if (only !== undefined && near.length === 1) findings.push(...only);
  else expects(findings, 'another shape');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A default of its own for everyone who reads. */
function fresh(value: unknown): unknown {
  return Array.isArray(value) ? [...value] : value;
}
