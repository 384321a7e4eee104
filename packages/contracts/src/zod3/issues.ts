import type { ZodIssue } from 'zod/v3';
import type { $ZodRawIssue, $ZodType } from 'zod/v4/core';

/** What zod 3 found wrong as zod 4 says it, so that a refusal has the same words. Nothing of the value is in them. */
export function issuesFrom(issues: readonly ZodIssue[], value: unknown, inst: $ZodType): readonly $ZodRawIssue[] {
  return issues.map((issue): $ZodRawIssue => {
    // What zod 4 knows of the input by the code of the issue, it does not know here.
    const place = { path: [...issue.path], input: valueAt(value, issue.path) as never, inst };
    switch (issue.code) {
      case 'invalid_type':
        return { ...place, code: 'invalid_type', expected: issue.expected as 'string' };
      case 'unrecognized_keys':
        return { ...place, code: 'unrecognized_keys', keys: issue.keys };
      case 'invalid_enum_value':
        return { ...place, code: 'invalid_value', values: issue.options };
      case 'invalid_literal':
        return { ...place, code: 'invalid_value', values: [issue.expected as string] };
      case 'invalid_union_discriminator':
        return { ...place, code: 'invalid_value', values: issue.options as string[] };
      case 'invalid_union':
        return { ...place, code: 'invalid_union', errors: [] };
      case 'too_small':
        return { ...place, code: 'too_small', origin: issue.type, minimum: issue.minimum, inclusive: issue.inclusive };
      case 'too_big':
        return { ...place, code: 'too_big', origin: issue.type, maximum: issue.maximum, inclusive: issue.inclusive };
      case 'invalid_string':
        return { ...place, code: 'invalid_format', format: 'the pattern of its schema' };
      default:
        return { ...place, code: 'custom' };
    }
  });
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], value);
}
