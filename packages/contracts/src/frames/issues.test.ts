import { describe, expect, it } from 'vitest';
import { describeIssue } from './issues.ts';

describe('an issue for people', () => {
  it('is its place and what was expected there', () => {
    expect(describeIssue({ path: ['payload', 'content', 1, 'type'], message: 'expected string' })).toBe(
      'payload.content.1.type: expected string',
    );
  });

  it('is one line without a path, too', () => {
    expect(describeIssue({ path: [], message: 'is not JSON' })).toBe('is not JSON');
  });
});
