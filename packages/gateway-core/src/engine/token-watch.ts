import { type Clock, CLOSE_CODES } from '@tyrum/contracts';
import type { Authenticator, Principal } from '../ports/authenticator.ts';
import type { Peer } from './peer.ts';

/** Closes open connections whose token has expired, was revoked or was changed. */
export interface TokenWatch {
  /** Watches a peer that has just opened; one whose token ended during its handshake is closed at once. */
  watch(peer: Peer, principal: Principal): void;
  unwatch(peer: Peer): void;
  stop(): void;
}

/** The longest timer that every platform keeps. */
const LONGEST_TIMER_MS = 86_400_000;
/** How long a change is remembered: longer than any handshake takes. */
const REMEMBER_MS = 30_000;

export function createTokenWatch(options: { clock: Clock; authenticator: Authenticator }): TokenWatch {
  const { clock, authenticator } = options;
  const watched = new Map<string, Set<Peer>>();
  const timers = new Map<Peer, () => void>();
  const justChanged = new Map<string, () => void>();

  const unlisten = authenticator.onChange((tokenId) => {
    justChanged.get(tokenId)?.();
    justChanged.set(tokenId, clock.after(REMEMBER_MS, () => justChanged.delete(tokenId)));
    for (const peer of [...(watched.get(tokenId) ?? [])]) end(peer, 'the token was revoked or changed');
  });

  function end(peer: Peer, reason: string): void {
    peer.close(CLOSE_CODES.unauthorized.code, reason);
  }

  function armExpiry(peer: Peer, expiresAt: number): void {
    const left = expiresAt - clock.now();
    if (left <= 0) {
      end(peer, 'the token has expired');
      return;
    }
    timers.set(peer, clock.after(Math.min(left, LONGEST_TIMER_MS), () => armExpiry(peer, expiresAt)));
  }

  return {
    watch(peer, principal) {
      const peers = watched.get(principal.tokenId) ?? new Set();
      watched.set(principal.tokenId, peers.add(peer));
      if (justChanged.has(principal.tokenId)) end(peer, 'the token was revoked or changed');
      else if (principal.expiresAt !== undefined) armExpiry(peer, principal.expiresAt);
    },
    unwatch(peer) {
      timers.get(peer)?.();
      timers.delete(peer);
      const peers = watched.get(peer.tokenId);
      peers?.delete(peer);
      if (peers?.size === 0) watched.delete(peer.tokenId);
    },
    stop() {
      unlisten();
      for (const stopTimer of [...timers.values(), ...justChanged.values()]) stopTimer();
    },
  };
}
