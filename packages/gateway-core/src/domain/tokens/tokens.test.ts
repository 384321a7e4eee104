import { SCOPES_OF_ROLE } from '@tyrum/contracts';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../ports/authenticator.ts';
import { breakableStore, createDomainWorld, type DomainWorld } from '../test-support/domain-world.ts';

const grant = { tenant: 'acme', roles: ['client'], scopes: ['operator.read', 'operator.write'] } as const;

function listen(world: DomainWorld): [string, Principal | undefined][] {
  const told: [string, Principal | undefined][] = [];
  world.domain.authenticator.onChange((tokenId, principal) => void told.push([tokenId, principal]));
  return told;
}

describe('a token', () => {
  it('says who its bearer is, and is kept as its hash only [SEC-2]', async () => {
    const world = await createDomainWorld();

    const { token, tokenId } = await world.domain.tokens.issue({ ...grant, deviceId: 'dev_x' });

    expect(await world.domain.authenticator.authenticate(token)).toEqual({ ...grant, tokenId, deviceId: 'dev_x' });
    expect(token).toMatch(/^tyt_[A-Za-z0-9_-]{43}$/);
    const kept = JSON.stringify([world.store.snapshot(), world.logs]);
    expect(kept).toContain(tokenId);
    expect(kept).not.toContain(token.slice(4));
  });

  it.each(['', 'nonsense', 'x'.repeat(5000)])('that was never issued says nothing', async (token) => {
    const world = await createDomainWorld();

    expect(await world.domain.authenticator.authenticate(token)).toBeUndefined();
  });

  it('expires', async () => {
    const world = await createDomainWorld();
    const expiresAt = world.clock.now() + 1000;
    const { token } = await world.domain.tokens.issue({ ...grant, expiresAt });

    expect(await world.domain.authenticator.authenticate(token)).toMatchObject({ expiresAt });
    world.clock.advance(1000);

    expect(await world.domain.authenticator.authenticate(token)).toBeUndefined();
  });

  it('is revoked at once in the process that does it [AZ-7]', async () => {
    const world = await createDomainWorld();
    const told = listen(world);
    const { token, tokenId } = await world.domain.tokens.issue(grant);

    expect(await world.domain.tokens.revoke(tokenId)).toBe(true);

    expect(told).toEqual([[tokenId, undefined]]);
    expect(await world.domain.authenticator.authenticate(token)).toBeUndefined();
    expect(await world.domain.tokens.revoke(tokenId)).toBe(false);
    await world.pass(2000, 500);
    expect(told).toHaveLength(1);
  });

  it('is narrowed, never widened [AZ-8]', async () => {
    const world = await createDomainWorld();
    const told = listen(world);
    const { token, tokenId } = await world.domain.tokens.issue(grant);

    await world.domain.tokens.narrow(tokenId, ['operator.read', 'operator.admin']);

    expect(told).toMatchObject([[tokenId, { scopes: ['operator.read'] }]]);
    expect(await world.domain.authenticator.authenticate(token)).toMatchObject({ scopes: ['operator.read'] });
    expect(await world.domain.tokens.narrow('tok_unknown', [])).toBe(false);
  });

  it('that another process revokes or narrows is told within a second, once [AZ-7] [AZ-8]', async () => {
    const one = await createDomainWorld();
    const { tokenId } = await one.domain.tokens.issue(grant);
    const narrowed = await one.domain.tokens.issue(grant);
    const other = await one.crash({ store: one.store });
    const told = listen(other);

    await one.domain.tokens.revoke(tokenId);
    await one.domain.tokens.narrow(narrowed.tokenId, ['operator.read']);
    expect(told).toEqual([]);
    await other.pass(500);

    expect(told).toHaveLength(2);
    expect(new Map(told).get(tokenId)).toBeUndefined();
    expect(new Map(told).get(narrowed.tokenId)).toMatchObject({ scopes: ['operator.read'] });
    await other.pass(2000, 500);
    expect(told).toHaveLength(2);
  });

  it('changes are told however many come between two looks', async () => {
    const one = await createDomainWorld();
    const issued = [];
    for (let count = 0; count < 230; count += 1) issued.push((await one.domain.tokens.issue(grant)).tokenId);
    const other = await one.crash({ store: one.store });
    const told = listen(other);

    for (const tokenId of issued) await one.domain.tokens.revoke(tokenId);
    await other.pass(500);

    expect(new Set(told.map(([tokenId]) => tokenId))).toEqual(new Set(issued));
  });

  it('changes are looked for again after the store was away', async () => {
    const disk = breakableStore();
    const one = await createDomainWorld({ store: disk.store });
    const { tokenId } = await one.domain.tokens.issue(grant);
    const other = await one.crash({ store: disk.store });
    const told = listen(other);
    await one.domain.tokens.revoke(tokenId);

    disk.broken = true;
    await other.pass(1500, 500);
    disk.broken = false;
    await other.pass(500);

    expect(told).toEqual([[tokenId, undefined]]);
  });

  it('that is dead is forgotten after a day', async () => {
    const world = await createDomainWorld();
    const { tokenId } = await world.domain.tokens.issue(grant);
    const { tokenId: living } = await world.domain.tokens.issue({ ...grant, tenant: 'living' });
    await world.domain.tokens.revoke(tokenId);

    await world.pass(86_400_000 + 60_000, 60_000 * 60);

    const kept = JSON.stringify(world.store.snapshot());
    expect(kept).not.toContain(tokenId);
    expect(kept).toContain(living);
  });
});

describe('the admin token', () => {
  const first = 'a-long-admin-secret';
  const second = 'another-admin-secret';

  it('may do everything that an operator may, and lets nodes ask', async () => {
    const world = await createDomainWorld();
    expect(await world.domain.tokens.hasAdmin()).toBe(false);

    await world.domain.tokens.ensureAdmin(first);

    expect(await world.domain.authenticator.authenticate(first)).toMatchObject({
      tenant: 'default',
      roles: ['client', 'node'],
      scopes: SCOPES_OF_ROLE.client,
    });
    expect(await world.domain.tokens.hasAdmin()).toBe(true);
    expect(await world.domain.tokens.hasAdmin('acme')).toBe(false);
  });

  it('stays the same token over a restart', async () => {
    const world = await createDomainWorld();
    await world.domain.tokens.ensureAdmin(first);
    const before = await world.domain.authenticator.authenticate(first);

    const restarted = await world.crash();
    await restarted.domain.tokens.ensureAdmin(first);

    expect(await restarted.domain.authenticator.authenticate(first)).toEqual(before);
  });

  it('takes the place of the one before it, and can come back', async () => {
    const world = await createDomainWorld();
    await world.domain.tokens.ensureAdmin(first);
    const told = listen(world);

    await world.domain.tokens.ensureAdmin(second);
    expect(told).toHaveLength(1);
    expect(await world.domain.authenticator.authenticate(first)).toBeUndefined();
    await world.domain.tokens.ensureAdmin(first);

    expect(await world.domain.authenticator.authenticate(first)).toBeDefined();
    expect(await world.domain.authenticator.authenticate(second)).toBeUndefined();
  });

  it('is refused when it is short, or somebody else has it', async () => {
    const world = await createDomainWorld();
    await world.domain.tokens.ensureAdmin(first, 'acme');

    await expect(world.domain.tokens.ensureAdmin('short')).rejects.toThrow(/16 to 4096 characters/);
    await expect(world.domain.tokens.ensureAdmin(first, 'other')).rejects.toThrow(/another token/);
  });
});
