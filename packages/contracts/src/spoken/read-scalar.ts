import { codePointsExceed } from '../runtime/code-points.ts';
import { expects, type Findings, wrongKind } from './findings.ts';
import type { Shape } from './shape.ts';

export function readString(
  findings: Findings,
  { min, max, like, called }: Extract<Shape, { is: 'string' }>,
  value: unknown,
): unknown {
  if (typeof value !== 'string') return wrongKind(findings, 'string', value);
  if (like !== undefined && !like.test(value)) expects(findings, called ?? String(like), false);
  if (min !== undefined && !codePointsExceed(value, min - 1)) expects(findings, `at least ${min} characters`, false);
  if (max !== undefined && codePointsExceed(value, max)) expects(findings, `at most ${max} characters`, false);
  return value;
}

export function readNumber(findings: Findings, bounds: Extract<Shape, { is: 'number' }>, value: unknown): unknown {
  const { whole } = bounds;
  if (typeof value !== 'number' || !Number.isFinite(value)) return wrongKind(findings, 'number', value);
  if (whole && !Number.isInteger(value)) return wrongKind(findings, 'int', value);
  if (whole && !Number.isSafeInteger(value)) judgeSize(findings, SAFE, value);
  judgeSize(findings, bounds, value);
  return value;
}

const SAFE = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

function judgeSize(
  findings: Findings,
  { min, max }: { readonly min?: number; readonly max?: number },
  size: number,
): void {
  if (min !== undefined && size < min) expects(findings, `at least ${min}`, false);
  if (max !== undefined && size > max) expects(findings, `at most ${max}`, false);
}
