import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { describeIssue, issuesOf } from './issues.ts';

const wrong = (schema: z.ZodType, value: unknown) => issuesOf(schema.safeParse(value).error as z.ZodError, 'payload');

describe('what a schema found wrong', () => {
  it('has a path from its root, and says what was expected [ER-3]', () => {
    const schema = z.strictObject({ content: z.array(z.strictObject({ type: z.string() })) });

    const issues = wrong(schema, { content: [{ type: 'text' }, { type: 5 }] });

    expect(issues).toEqual([
      { path: ['payload', 'content', 1, 'type'], message: 'Invalid input: expected string, received number' },
    ]);
    expect(issues.map(describeIssue)).toEqual([
      'payload.content.1.type: Invalid input: expected string, received number',
    ]);
  });

  it('names the unknown key itself [FR-10]', () => {
    const schema = z.strictObject({ inner: z.strictObject({}) });

    expect(wrong(schema, { inner: { titel: 'secret text' } })).toEqual([
      { path: ['payload', 'inner', 'titel'], message: 'unknown key' },
    ]);
  });

  it('says at most eight, and nothing of the values', () => {
    const issues = wrong(
      z.array(z.enum(['a', 'b'])),
      Array.from({ length: 50 }, () => 'hunter2'),
    );

    expect(issues).toHaveLength(8);
    expect(JSON.stringify(issues)).not.toContain('hunter2');
  });

  it('is one line without a path, too', () => {
    expect(describeIssue({ path: [], message: 'is not JSON' })).toBe('is not JSON');
  });
});
