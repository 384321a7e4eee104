import type { Store } from '@tyrum/gateway-core';

/** A deliberate bug. */
export interface Mutation {
  readonly name: string;
  /** Stands between the gateway and its store. */
  readonly wrapStore?: (store: Store) => Store;
}
