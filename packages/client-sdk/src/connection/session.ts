import type { Limits, Recovery, SpokenView } from '@tyrum/contracts';
import { DEFAULT_LIMITS } from '@tyrum/contracts/spoken';
import type { ProvenGateway } from '../client-state.ts';

/** What a completed handshake agreed on. */
export interface Session {
  readonly view: SpokenView;
  readonly connectionId: string;
  readonly limits: Limits;
  /** Ids of the contract extensions that both sides know. */
  readonly extensions: ReadonlySet<string>;
  /** From revision 3 on: who proved to be there, what its answers survive, and where the events begin. */
  readonly mutual?: {
    readonly gateway: ProvenGateway;
    readonly durability: 'memory' | 'disk' | 'replicated';
    readonly recovery: Recovery;
    readonly cursor: string;
  };
}

/** What a gateway of revision 2 keeps to without saying so. */
export const UNANNOUNCED_LIMITS: Limits = DEFAULT_LIMITS;

/** Whether a request or event of this view was agreed on: the base contract was, an extension only by its hash. */
export function isAgreed(session: Session, extension: string | undefined): boolean {
  return extension === undefined || session.extensions.has(extension);
}
