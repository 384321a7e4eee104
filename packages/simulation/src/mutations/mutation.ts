import type { ClientStorage } from '@tyrum/client-sdk';
import type { Channel, Store } from '@tyrum/gateway-core';

/** One change of the product's source, made while it is loaded. */
export interface Edit {
  /** Below `packages`. */
  readonly file: string;
  /** Occurs exactly once in the file; white space may differ. */
  readonly find: string;
  readonly replace: string;
}

/**
 * A deliberate bug: put at a seam of the product where it has one, or else written into a copy of its source. Nothing of it is
 * in the product.
 */
export interface Bug {
  readonly name: string;
  readonly edits?: readonly Edit[];
  /** Stands between the gateway and its store. */
  readonly wrapStore?: (store: Store) => Store;
  /** Stands between the gateway and one of its sockets. */
  readonly wrapChannel?: (channel: Channel) => Channel;
  /** Stands between a client and its storage. */
  readonly wrapStorage?: (storage: ClientStorage) => ClientStorage;
}

/** A bug that the fixed set finds. */
export interface Mutation extends Bug {
  /** The first world of the fixed set that finds it; `pnpm simulate --mutations` prints it. */
  readonly seed: string;
}
