import type { ProtocolError } from '@tyrum/contracts';
import type { ClientError } from '../client-error.ts';

/** How a request from before a restart ended. */
export type Settled = {
  readonly type: string;
  readonly requestId: string;
  readonly idempotencyKey: string | undefined;
} & (
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: ProtocolError | ClientError }
);
