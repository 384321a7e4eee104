import { describe, expect, it } from 'vitest';
import type { Principal } from '../../ports/authenticator.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createTokenWatch } from './token-watch.ts';

const principal: Principal = {
  tenant: 'a',
  tokenId: 't',
  roles: ['client'],
  scopes: ['operator.read', 'operator.write'],
};

function withWatch() {
  const clock = createManualClock();
  const listeners = new Set<(tokenId: string, principal: Principal | undefined) => void>();
  const watch = createTokenWatch({
    clock,
    authenticator: {
      authenticate: async () => undefined,
      onChange(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  });
  const closed: string[] = [];
  return {
    clock,
    watch,
    closed,
    listeners,
    change(now: Principal | undefined) {
      for (const listener of listeners) listener('t', now);
    },
    open(name: string, who: Principal = principal) {
      const peer = {
        tokenId: who.tokenId,
        close: (code: number) => {
          closed.push(`${name} ${code}`);
          watch.unwatch(peer);
        },
      };
      watch.watch(peer, who);
      return peer;
    },
  };
}

describe('the watch over tokens', () => {
  it.each([
    ['revoked', undefined, true],
    ['narrowed', { ...principal, scopes: ['operator.read'] as const }, true],
    ['widened', { ...principal, scopes: ['operator.read', 'operator.write', 'operator.admin'] as const }, true],
    ['given another role', { ...principal, roles: ['node'] as const }, true],
    ['bound to a device', { ...principal, deviceId: 'dev_a' }, true],
    ['given an end', { ...principal, expiresAt: 1 }, true],
    ['moved to another tenant', { ...principal, tenant: 'b' }, true],
    ['told of again, as it was', { ...principal, scopes: ['operator.write', 'operator.read'] as const }, false],
  ])('closes the peers of one that was %s: case %# [AZ-7] [AZ-8]', (_how, now, closes) => {
    const { open, change, closed } = withWatch();
    open('one');
    open('two');
    open('other', { ...principal, tokenId: 'u' });

    change(now);

    expect(closed).toEqual(closes ? ['one 4001', 'two 4001'] : []);
  });

  it('remembers a change for longer than a handshake takes, and what the token says since then [AZ-7]', () => {
    const { clock, open, change, closed } = withWatch();
    const narrowed: Principal = { ...principal, scopes: [] };
    change(narrowed);

    clock.advance(29_999);
    open('with what it was');
    open('with what it is', narrowed);
    clock.advance(1);
    open('much later');

    expect(closed).toEqual(['with what it was 4001']);
  });

  it('closes at the end of a token, however far off it is [AZ-7]', () => {
    const { clock, open, closed } = withWatch();
    open('one', { ...principal, expiresAt: clock.now() + 40 * 86_400_000 });

    clock.advance(40 * 86_400_000 - 1);
    expect(closed).toEqual([]);
    clock.advance(1);

    expect(closed).toEqual(['one 4001']);
    expect(clock.waiting).toBe(0);
  });

  it('closes at once one whose end has passed [AZ-7]', () => {
    const { clock, open, closed, watch } = withWatch();

    open('one', { ...principal, expiresAt: clock.now() });

    expect([closed, watch.size, clock.waiting]).toEqual([['one 4001'], 0, 0]);
  });

  it('knows one principal for all the peers of a token that came with the same rights', () => {
    const { open, watch } = withWatch();
    const reordered: Principal = { ...principal, scopes: [...principal.scopes].reverse() };
    const narrowed: Principal = { ...principal, scopes: [] };

    expect(watch.shared(principal)).toBe(principal);
    const peer = open('one');
    expect(watch.shared(reordered)).toBe(principal);
    expect(watch.shared(narrowed)).toBe(narrowed);
    watch.unwatch(peer);

    expect(watch.shared(reordered)).toBe(reordered);
  });

  it('holds nothing of a peer that has gone, and nothing at all once it is stopped', () => {
    const { clock, open, watch, change, listeners } = withWatch();
    const peer = open('one', { ...principal, expiresAt: clock.now() + 1_000 });
    open('two', { ...principal, expiresAt: clock.now() + 1_000 });

    watch.unwatch(peer);
    watch.unwatch(peer);
    expect([watch.size, clock.waiting]).toEqual([1, 1]);
    change(principal);
    watch.stop();

    expect([listeners.size, clock.waiting]).toEqual([0, 0]);
  });
});
