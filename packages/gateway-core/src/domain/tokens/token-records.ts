import type { Role, Scope } from '@tyrum/contracts';
import type { Principal } from '../../ports/authenticator.ts';
import type { Collection } from '../../ports/store.ts';
import { sortableNumber } from '../../store/document-index.ts';

/** An access token as it is kept: what it grants, and never the token itself. */
export interface TokenRecord {
  readonly token_id: string;
  /** SHA-256 of the token, base64url. */
  readonly hash: string;
  readonly tenant: string;
  readonly roles: readonly Role[];
  readonly scopes: readonly Scope[];
  readonly device_id?: string;
  /** Unix milliseconds, like every time here. */
  readonly expires_at?: number;
  readonly revoked_at?: number;
  readonly changed_at: number;
  /** Number of its last change after it was issued, in the order of the commits; 0 when nothing was changed. */
  readonly change: number;
  /** The gateway process that changed it last. */
  readonly changed_by: string;
}

/** Kept in the system's tenant: a token is looked up before anybody knows whose it is. */
export const tokens: Collection<TokenRecord> = {
  name: 'tokens',
  indexes: {
    // A text that was revoked may become a token again: only what is valid can be found by it.
    hash: ({ hash, revoked_at }) => (revoked_at === undefined ? [hash] : undefined),
    change: ({ change }) => (change === 0 ? undefined : [sortableNumber(change)]),
    device: ({ tenant, device_id, revoked_at }) =>
      device_id === undefined || revoked_at !== undefined ? undefined : [tenant, device_id],
  },
};

/** Which token is the admin token of a tenant: one document for each, in the system's tenant. */
export const adminTokens: Collection<{ readonly token_id: string }> = { name: 'admin_tokens', indexes: {} };

/** Who a token says the peer is at a moment; `undefined` when it says nothing any more. */
export function principalOf(record: TokenRecord, now: number): Principal | undefined {
  const { token_id, tenant, roles, scopes, device_id, expires_at, revoked_at } = record;
  if (revoked_at !== undefined || (expires_at !== undefined && expires_at <= now)) return undefined;
  return {
    tenant,
    tokenId: token_id,
    roles,
    scopes,
    ...(device_id === undefined ? {} : { deviceId: device_id }),
    ...(expires_at === undefined ? {} : { expiresAt: expires_at }),
  };
}
