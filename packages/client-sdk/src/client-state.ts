import type { Recovery } from '@tyrum/contracts';
import type { ClientError, MustChange } from './client-error.ts';

/** Who the gateway proved to be, and why it is trusted. */
export interface ProvenGateway {
  readonly id: string;
  /** `first_use`: it was not known before, and is remembered from now on. */
  readonly trust: 'pinned' | 'remembered' | 'first_use';
}

export interface OpenState {
  readonly status: 'open';
  readonly revision: number;
  readonly connectionId: string;
  /** Absent at revision 2, where a gateway proves nothing. */
  readonly gateway?: ProvenGateway;
  /** What an acknowledged effect survives; absent at revision 2. */
  readonly durability?: 'memory' | 'disk' | 'replicated';
  /** What became of the events in between; absent at revision 2. */
  readonly recovery?: Recovery;
}

/** It does not come back by itself; `connect()` begins anew once the thing is changed. */
export interface StoppedState {
  readonly status: 'stopped';
  readonly reason: ClientError;
  readonly mustChange: MustChange;
}

export interface ClosedState {
  readonly status: 'closed';
}

/** Where a client stands. One at a time, told by `status`. */
export type ClientState =
  | { readonly status: 'idle' }
  /** `attempt` counts from 1 since the last connection that held. */
  | { readonly status: 'connecting'; readonly attempt: number }
  | OpenState
  /** The gateway stops: what runs is finished here, what is new waits for the next connection. */
  | { readonly status: 'draining'; readonly reconnectAfterMs: number }
  | { readonly status: 'waiting'; readonly attempt: number; readonly retryInMs: number; readonly reason: ClientError }
  | StoppedState
  | ClosedState;
