import { describe, expect, it } from 'vitest';
import { createAgreedExtensions } from './agreed-extensions.ts';
import { scopesOf } from './role-scopes.ts';

describe('what equal connections share', () => {
  it('is the set of their scopes, cut down to what their role can have', () => {
    const scopes = scopesOf('client', ['operator.write', 'operator.read', 'node.paired']);

    expect([...scopes]).toEqual(['operator.read', 'operator.write']);
    expect(scopesOf('client', ['operator.read', 'operator.write'])).toBe(scopes);
    expect([...scopesOf('client', ['operator.read'])]).toEqual(['operator.read']);
    expect([...scopesOf('node', ['operator.read', 'node.paired'])]).toEqual(['node.paired']);
  });

  it('is the set of their extensions, when they agreed on none or on all', () => {
    const extensionsOf = createAgreedExtensions({ extensions: [{ id: 'a' }, { id: 'b' }] });

    expect(extensionsOf([])).toBe(extensionsOf([]));
    expect(extensionsOf(['b', 'a'])).toBe(extensionsOf(['a', 'b']));
    expect([extensionsOf([]), extensionsOf(['a', 'b']), extensionsOf(['b'])].map((set) => [...set])).toEqual([
      [],
      ['a', 'b'],
      ['b'],
    ]);
  });
});
