import type { Role, Scope } from '@tyrum/contracts';
import type { Awaitable } from './store.ts';

/** Who an access token says the peer is. */
export interface Principal {
  readonly tenant: string;
  /** Names the token in logs and audits without being it. */
  readonly tokenId: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly Scope[];
  /** The one device that may use the token. */
  readonly deviceId?: string;
  /** Unix milliseconds. */
  readonly expiresAt?: number;
}

/** Judges access tokens. */
export interface Authenticator {
  /** The principal behind a token, or `undefined` when it is unknown, expired or revoked. An answer that is known at once saves a wait. */
  authenticate(token: string): Awaitable<Principal | undefined>;
  /**
   * Tells about tokens that were revoked or changed, on any gateway process, within a second: the id and who the token says
   * the peer is now (`undefined`: nobody any more). Returns the undo.
   */
  onChange(listener: (tokenId: string, principal: Principal | undefined) => void): () => void;
}
