import { randomText, SCOPES_OF_ROLE, toBase64Url } from '@tyrum/contracts';
import type { Authenticator } from '../../ports/authenticator.ts';
import { whenReady } from '../../ports/awaitable.ts';
import type { Transaction } from '../../ports/store.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { Background } from '../background.ts';
import type { DomainServices, TokenGrant, TokenOffice } from '../domain.ts';
import { inTenant, SYSTEM, type TenantUnit } from '../tenant-unit.ts';
import { createKnownTokens } from './known-tokens.ts';
import { createTokenChanges } from './token-changes.ts';
import { adminTokens, principalOf, type TokenRecord, tokens } from './token-records.ts';

/** A token that was just made. The secret is told here and never again: only its hash is kept. */
export interface IssuedToken {
  readonly token: string;
  readonly tokenId: string;
}

/** Access tokens: judged, issued, narrowed and revoked. */
export interface Tokens {
  readonly authenticator: Authenticator;
  readonly office: TokenOffice;
  /** Issues the token of a paired node inside a transaction, and ends the older ones of its device except those in use. */
  issueNodeToken(unit: TenantUnit, deviceId: string, inUse: ReadonlySet<string>): Promise<IssuedToken>;
  /** Ends every token of the role `node` that is bound to a device. */
  revokeNodeTokens(unit: TenantUnit, deviceId: string, except?: ReadonlySet<string>): Promise<void>;
  /** Resolves when no change of a token can be missed any more. */
  start(): Promise<void>;
  stop(): void;
}

/** Longest text that is looked up at all. */
const LONGEST_TOKEN = 4096;
const SHORTEST_ADMIN_TOKEN = 16;
/** How long a dead token is kept: long enough for every process to hear of it. */
const KEEP_DEAD_MS = 86_400_000;
const FORGET = 'token.forget';

/** @param pollMs pause between two looks for what other processes have changed */
export function createTokens(
  services: DomainServices,
  { background, alarms, pollMs }: { background: Background; alarms: Alarms; pollMs: number },
): Tokens {
  const { store, clock, crypto, random, owner } = services;
  const changes = createTokenChanges(services, background, pollMs);
  const known = createKnownTokens(changes);

  const hashOf = (token: string) => toBase64Url(crypto.sha256(token));
  const inSystem = <Value>(work: (unit: TenantUnit) => Promise<Value>) => inTenant(services, SYSTEM, work);

  async function find(tx: Transaction, tokenId: string): Promise<TokenRecord | undefined> {
    return (await tx.documents.get(SYSTEM, tokens, tokenId))?.value;
  }

  async function findByHash(tx: Transaction, hash: string): Promise<TokenRecord | undefined> {
    const { items } = await tx.documents.list(SYSTEM, tokens, { index: 'hash', prefix: [hash], limit: 1 });
    return items[0]?.value;
  }

  async function findAdmin({ tx, now }: TenantUnit, tenant: string): Promise<TokenRecord | undefined> {
    const named = await tx.documents.get(SYSTEM, adminTokens, tenant);
    const record = named && (await find(tx, named.value.token_id));
    return record && principalOf(record, now) && record;
  }

  async function add(unit: TenantUnit, token: string, grant: TokenGrant): Promise<IssuedToken> {
    const tokenId = `tok_${randomText(random, 12)}`;
    await unit.tx.documents.put(SYSTEM, tokens, tokenId, {
      token_id: tokenId,
      hash: hashOf(token),
      tenant: grant.tenant,
      roles: grant.roles,
      scopes: grant.scopes,
      ...(grant.deviceId === undefined ? {} : { device_id: grant.deviceId }),
      ...(grant.expiresAt === undefined ? {} : { expires_at: grant.expiresAt }),
      changed_at: unit.now,
      change: 0,
      changed_by: owner,
    });
    if (grant.expiresAt !== undefined) await forgetAfter(unit, tokenId, grant.expiresAt);
    return { token, tokenId };
  }

  async function end(unit: TenantUnit, record: TokenRecord): Promise<void> {
    await changes.write(unit, { ...record, revoked_at: unit.now, changed_at: unit.now });
    await forgetAfter(unit, record.token_id, unit.now);
  }

  function forgetAfter(unit: TenantUnit, tokenId: string, dead: number): Promise<void> {
    return alarms.set({ ...unit, tenant: SYSTEM }, FORGET, tokenId, dead + KEEP_DEAD_MS);
  }

  async function revokeNodeTokens(unit: TenantUnit, deviceId: string, except?: ReadonlySet<string>): Promise<void> {
    const query = { index: 'device', prefix: [unit.tenant, deviceId], limit: 100 };
    let after: string | undefined;
    do {
      const page = await unit.tx.documents.list(SYSTEM, tokens, {
        ...query,
        ...(after === undefined ? {} : { after }),
      });
      for (const { value } of page.items) {
        if (value.roles.includes('node') && !except?.has(value.token_id)) await end(unit, value);
      }
      after = page.next;
    } while (after !== undefined);
  }

  alarms.on(FORGET, async ({ tx, now }, tokenId) => {
    const record = await find(tx, tokenId);
    if (record !== undefined && principalOf(record, now) === undefined)
      await tx.documents.delete(SYSTEM, tokens, tokenId);
  });

  return {
    authenticator: {
      authenticate(token) {
        if (token.length === 0 || token.length > LONGEST_TOKEN) return undefined;
        const hash = hashOf(token);
        const found = known.find(hash, () => store.transact((tx) => findByHash(tx, hash)));
        return whenReady(found, (record) => record && principalOf(record, clock.now()));
      },
      onChange: changes.onChange,
    },
    office: {
      issue: (grant) => inSystem((unit) => add(unit, `tyt_${randomText(random, 32)}`, grant)),
      revoke: (tokenId) =>
        inSystem(async (unit) => {
          const record = await find(unit.tx, tokenId);
          if (record === undefined || record.revoked_at !== undefined) return false;
          await end(unit, record);
          return true;
        }),
      narrow: (tokenId, scopes) =>
        inSystem(async (unit) => {
          const record = await find(unit.tx, tokenId);
          if (record === undefined || record.revoked_at !== undefined) return false;
          const left = record.scopes.filter((scope) => scopes.includes(scope));
          if (left.length < record.scopes.length) {
            await changes.write(unit, { ...record, scopes: left, changed_at: unit.now });
          }
          return true;
        }),
      ensureAdmin: (token, tenant = 'default') =>
        inSystem(async (unit) => {
          if (token.length < SHORTEST_ADMIN_TOKEN || token.length > LONGEST_TOKEN) {
            throw new TypeError(`an admin token has ${SHORTEST_ADMIN_TOKEN} to ${LONGEST_TOKEN} characters`);
          }
          const before = await findAdmin(unit, tenant);
          const hash = hashOf(token);
          if (before?.hash === hash) return;
          if ((await findByHash(unit.tx, hash)) !== undefined)
            throw new TypeError('this text is another token already');
          if (before !== undefined) await end(unit, before);
          const { tokenId } = await add(unit, token, {
            tenant,
            roles: ['client', 'node'],
            scopes: SCOPES_OF_ROLE.client,
          });
          await unit.tx.documents.put(SYSTEM, adminTokens, tenant, { token_id: tokenId });
        }),
      hasAdmin: (tenant = 'default') => inSystem(async (unit) => (await findAdmin(unit, tenant)) !== undefined),
    },
    async issueNodeToken(unit, deviceId, inUse) {
      await revokeNodeTokens(unit, deviceId, inUse);
      const grant: TokenGrant = { tenant: unit.tenant, roles: ['node'], scopes: ['node.paired'], deviceId };
      return add(unit, `tyn_${randomText(random, 32)}`, grant);
    },
    revokeNodeTokens,
    start: changes.start,
    stop: changes.stop,
  };
}
