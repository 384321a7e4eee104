import { describe, expect, it } from 'vitest';
import { createDirectory } from './directory.ts';
import type { Peer } from './peer.ts';

describe('the directory', () => {
  const peer = (tenant: string, deviceId: string, role: 'client' | 'node' = 'client') =>
    ({ tenant, deviceId, role }) as Peer;

  it('finds the newest connection of a device, in one role where that is asked for', () => {
    const directory = createDirectory();
    const peers = [peer('a', 'x'), peer('a', 'x', 'node'), peer('a', 'x'), peer('a', '__proto__'), peer('b', 'x')];
    for (const one of peers) directory.add(one);

    expect(directory.find('a', 'x')).toBe(peers[2]);
    expect(directory.find('a', 'x', 'node')).toBe(peers[1]);
    expect(directory.find('a', '__proto__')).toBe(peers[3]);
    expect(directory.find('__proto__', 'x')).toBeUndefined();
    expect([...directory.ofTenant('a')]).toHaveLength(4);
    expect([directory.count('a'), directory.count('b'), directory.count('c')]).toEqual([4, 1, 0]);
    expect([...directory.all()]).toHaveLength(5);
  });

  it('forgets a connection once, and tells whether it knew it', () => {
    const directory = createDirectory();
    const one = peer('a', 'x');
    directory.add(one);

    expect([directory.remove(one), directory.remove(one), directory.remove(peer('a', 'x'))]).toEqual([
      true,
      false,
      false,
    ]);
    expect([directory.size, [...directory.all()]]).toEqual([0, []]);
  });

  it('can be walked through while connections go', () => {
    const directory = createDirectory();
    const peers = [peer('a', 'x'), peer('a', 'y'), peer('a', 'z')];
    for (const one of peers) directory.add(one);

    const seen = [];
    for (const one of directory.ofTenant('a')) {
      seen.push(one);
      directory.remove(one);
    }

    expect(seen).toEqual(peers);
  });
});
