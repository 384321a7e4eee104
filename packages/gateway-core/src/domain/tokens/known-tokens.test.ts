import { describe, expect, it } from 'vitest';
import type { Principal } from '../../ports/authenticator.ts';
import { createMemoryStore, type MemoryStore } from '../../store/memory-store.ts';
import { breakableStore, createDomainWorld, type DomainWorld } from '../test-support/domain-world.ts';

const grant = { tenant: 'acme', roles: ['client'], scopes: ['operator.read', 'operator.write'] } as const;

/** A store that counts how often it is asked, and lets a test hold back what it answers. */
function countingStore(): { readonly store: MemoryStore; asked: number; answer: () => Promise<void> } {
  const inner = createMemoryStore();
  const counting = {
    asked: 0,
    answer: () => Promise.resolve(),
    store: {
      ...inner,
      async transact(work) {
        counting.asked += 1;
        const value = await inner.transact(work);
        await counting.answer();
        return value;
      },
    } as MemoryStore,
  };
  return counting;
}

async function judge(world: DomainWorld, token: string): Promise<Principal | undefined> {
  return world.domain.authenticator.authenticate(token);
}

describe('a token that comes again', () => {
  it('is judged without asking the store', async () => {
    const counting = countingStore();
    const world = await createDomainWorld({ store: counting.store });
    const { token } = await world.domain.tokens.issue(grant);
    const first = await judge(world, token);
    const asked = counting.asked;

    for (let count = 0; count < 10; count += 1) expect(await judge(world, token)).toEqual(first);

    expect(counting.asked).toBe(asked);
  });

  it('is nobody any more once it was revoked, and less once it was narrowed [AZ-15]', async () => {
    const world = await createDomainWorld();
    const revoked = await world.domain.tokens.issue(grant);
    const narrowed = await world.domain.tokens.issue(grant);
    for (const { token } of [revoked, narrowed]) expect(await judge(world, token)).toMatchObject(grant);

    await world.domain.tokens.revoke(revoked.tokenId);
    await world.domain.tokens.narrow(narrowed.tokenId, ['operator.read']);

    expect(await judge(world, revoked.token)).toBeUndefined();
    expect(await judge(world, narrowed.token)).toMatchObject({ scopes: ['operator.read'] });
  });

  it('expires', async () => {
    const world = await createDomainWorld();
    const { token } = await world.domain.tokens.issue({ ...grant, expiresAt: world.clock.now() + 300 });
    expect(await judge(world, token)).toMatchObject(grant);

    world.clock.advance(300);

    expect(await judge(world, token)).toBeUndefined();
  });

  it('is nobody any more a second after another process revoked it [AZ-15]', async () => {
    const one = await createDomainWorld();
    const { token, tokenId } = await one.domain.tokens.issue(grant);
    const other = await one.crash({ store: one.store });
    expect(await judge(other, token)).toMatchObject(grant);

    await one.domain.tokens.revoke(tokenId);
    await other.pass(999, 111);

    expect(await judge(other, token)).toBeUndefined();
  });

  it('is looked up where nobody can tell what other processes have changed [AZ-15]', async () => {
    const disk = breakableStore();
    const one = await createDomainWorld({ store: disk.store });
    const { token, tokenId } = await one.domain.tokens.issue(grant);
    const other = await one.crash({ store: disk.store, tokenPollMs: 60_000 });
    expect(await judge(other, token)).toMatchObject(grant);

    await one.domain.tokens.revoke(tokenId);
    await other.pass(1000);

    expect(await judge(other, token)).toBeUndefined();
    disk.broken = true;
    await expect(judge(other, token)).rejects.toThrow();
  });

  it('is not known as what it was when it changed while it was looked up [AZ-15]', async () => {
    const counting = countingStore();
    const world = await createDomainWorld({ store: counting.store });
    const { token, tokenId } = await world.domain.tokens.issue(grant);
    let goOn = (): void => undefined;
    counting.answer = () => new Promise((resolve) => (goOn = resolve));
    const early = judge(world, token);
    await world.settle();
    counting.answer = () => Promise.resolve();

    await world.domain.tokens.revoke(tokenId);
    goOn();

    expect(await early).toMatchObject(grant);
    expect(await judge(world, token)).toBeUndefined();
  });
});

describe('the admin token', () => {
  it('that another text has replaced is nobody any more, and may be the admin token again [AZ-15]', async () => {
    const world = await createDomainWorld();
    const texts = ['the first admin secret', 'the second admin secret'] as const;
    for (const text of [...texts, ...texts]) {
      await world.domain.tokens.ensureAdmin(text);
      const judged = await Promise.all(texts.map((one) => judge(world, one)));
      expect(judged.map((principal) => principal !== undefined)).toEqual(texts.map((one) => one === text));
    }
  });
});
