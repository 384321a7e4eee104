import type { Awaitable, Store } from '../ports/store.ts';
import { ensure } from './assertions.ts';

/** A fresh, empty store and what a test can do to it. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Closes the store and opens what it kept. */
  reopen?(): Promise<Store>;
  /** Opens what a crash at this moment would leave; the store is abandoned without `close`. */
  crash?(): Promise<Store>;
  /** Makes the engine unable to commit until the returned function is called. */
  outage?(): Awaitable<() => Awaitable<void>>;
  /** Closes and removes whatever was opened, after the case. */
  dispose?(): Awaitable<void>;
}

export type OpenStore = () => Awaitable<StoreUnderTest>;

/** A part of {@link StoreUnderTest} that not every engine has. */
export type StoreCapability = 'reopen' | 'crash' | 'outage';

/** One sentence of the store port, as a test that any runner can run. */
export interface StoreCase {
  readonly name: string;
  readonly needs?: StoreCapability;
  /** Rejects when the store does not do what the name says. */
  run(open: OpenStore): Promise<void>;
}

/** A case that needs nothing but a store. */
export function storeCase(name: string, test: (store: Store) => Promise<void>): StoreCase {
  return { name, run: (open) => using(open, ({ store }) => test(store)) };
}

/** A case for engines that keep their data when they are closed, or when they crash. */
export function survivalCase(
  needs: 'reopen' | 'crash',
  name: string,
  test: (store: Store, next: () => Promise<Store>) => Promise<void>,
): StoreCase {
  return {
    name,
    needs,
    run: (open) =>
      using(open, (opened) =>
        test(opened.store, async () => {
          const next = opened[needs];
          ensure(next !== undefined, `this case needs the capability ${needs}`);
          return await next.call(opened);
        }),
      ),
  };
}

/** A case for engines that a test can make unable to commit. */
export function outageCase(
  name: string,
  test: (store: Store, outage: () => Promise<() => Awaitable<void>>) => Promise<void>,
): StoreCase {
  return {
    name,
    needs: 'outage',
    run: (open) =>
      using(open, (opened) =>
        test(opened.store, async () => {
          ensure(opened.outage !== undefined, 'this case needs the capability outage');
          return await opened.outage();
        }),
      ),
  };
}

async function using(open: OpenStore, test: (opened: StoreUnderTest) => Promise<void>): Promise<void> {
  const opened = await open();
  try {
    await test(opened);
  } finally {
    await opened.dispose?.();
  }
}
