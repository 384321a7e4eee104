import { describe, expect, it } from 'vitest';
import { withTables } from './recorded-tables.ts';

describe('a page with tables', () => {
  it('keeps what stands around them', () => {
    const page = 'before\n<!-- tables -->\nold\n<!-- /tables -->\nafter\n';

    expect(withTables(page, '\nnew\n\n')).toBe('before\n<!-- tables -->\n\nnew\n\n<!-- /tables -->\nafter\n');
    expect(withTables(withTables(page, 'one'), 'two')).toBe(withTables(page, 'two'));
  });

  it('needs a place for them', () => {
    expect(() => withTables('no place', 'new')).toThrow('<!-- tables -->');
  });
});
