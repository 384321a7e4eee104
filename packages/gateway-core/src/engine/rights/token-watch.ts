import { CLOSE_CODES, type Clock } from '@tyrum/contracts';
import type { Authenticator, Principal } from '../../ports/authenticator.ts';
import type { Peer } from '../connection/peer.ts';

/** What is watched of a peer. */
type Watched = Pick<Peer, 'tokenId' | 'close'>;

/** Closes open connections whose token has expired, was revoked or was changed. */
export interface TokenWatch {
  /** Watches a peer that has just opened; one whose token ended or changed during its handshake is closed at once. */
  watch(peer: Watched, principal: Principal): void;
  /** A principal with the same rights that is watched already, or this one: the many peers of one token share it. */
  shared(principal: Principal): Principal;
  unwatch(peer: Watched): void;
  /** How many tokens are watched. */
  readonly size: number;
  stop(): void;
}

/** The longest timer that every platform keeps. */
const LONGEST_TIMER_MS = 86_400_000;
/** How long a change is remembered: longer than any handshake takes. */
const REMEMBER_MS = 30_000;

export function createTokenWatch(options: { clock: Clock; authenticator: Authenticator }): TokenWatch {
  const { clock, authenticator } = options;
  const watched = new Map<string, Map<Watched, Principal>>();
  const timers = new Map<Watched, () => void>();
  const justChanged = new Map<string, { readonly principal: Principal | undefined; readonly forget: () => void }>();

  const unlisten = authenticator.onChange((tokenId, principal) => {
    justChanged.get(tokenId)?.forget();
    justChanged.set(tokenId, { principal, forget: clock.after(REMEMBER_MS, () => justChanged.delete(tokenId)) });
    for (const [peer, known] of [...(watched.get(tokenId) ?? [])]) endChanged(peer, known, principal);
  });

  /** A peer that came with what the token says now has nothing to learn: it may have come back because of the change. */
  function endChanged(peer: Watched, known: Principal, now: Principal | undefined): void {
    if (now === undefined || !sameRights(known, now)) end(peer, 'the token was revoked or changed');
  }

  function end(peer: Watched, reason: string): void {
    peer.close(CLOSE_CODES.unauthorized.code, reason);
  }

  function armExpiry(peer: Watched, expiresAt: number): void {
    const left = expiresAt - clock.now();
    if (left <= 0) {
      end(peer, 'the token has expired');
      return;
    }
    timers.set(
      peer,
      clock.after(Math.min(left, LONGEST_TIMER_MS), () => armExpiry(peer, expiresAt)),
    );
  }

  return {
    watch(peer, principal) {
      const peers = watched.get(principal.tokenId) ?? new Map<Watched, Principal>();
      watched.set(principal.tokenId, peers.set(peer, principal));
      const changed = justChanged.get(principal.tokenId);
      if (changed !== undefined) endChanged(peer, principal, changed.principal);
      if (principal.expiresAt !== undefined && peers.has(peer)) armExpiry(peer, principal.expiresAt);
    },
    shared(principal) {
      const known = watched.get(principal.tokenId)?.values().next().value;
      return known !== undefined && sameRights(known, principal) ? known : principal;
    },
    unwatch(peer) {
      timers.get(peer)?.();
      timers.delete(peer);
      const peers = watched.get(peer.tokenId);
      peers?.delete(peer);
      if (peers?.size === 0) watched.delete(peer.tokenId);
    },
    get size() {
      return watched.size;
    },
    stop() {
      unlisten();
      for (const stopTimer of timers.values()) stopTimer();
      for (const { forget } of justChanged.values()) forget();
    },
  };
}

function sameRights(one: Principal, other: Principal): boolean {
  return (
    one.tenant === other.tenant &&
    one.deviceId === other.deviceId &&
    one.expiresAt === other.expiresAt &&
    sameMembers(one.roles, other.roles) &&
    sameMembers(one.scopes, other.scopes)
  );
}

function sameMembers(one: readonly string[], other: readonly string[]): boolean {
  return one.every((member) => other.includes(member)) && other.every((member) => one.includes(member));
}
