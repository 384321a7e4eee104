import type { ErrorFrameBody } from '@tyrum/contracts';
import { afterClose, CLOSE_CODES, closeName, isErrorCode, ProtocolError } from '@tyrum/contracts/spoken';
import { ClientError, type ClientErrorCode, type MustChange } from '../client-error.ts';

/** Why a connection ended, and what follows from it. */
export interface Ending {
  readonly error: ClientError;
  readonly next: 'reconnect' | 'stop';
}

/** How far a connection had come. */
export type ConnectionPhase = 'connecting' | 'handshake' | 'open';

const LOST: Record<ConnectionPhase, ClientErrorCode> = {
  connecting: 'unreachable',
  handshake: 'handshake_failed',
  open: 'connection_lost',
};

/** A connection that was lost: the same thing may work the next time. */
export function lost(
  phase: ConnectionPhase,
  message: string,
  options: { closeCode?: number; retryAfterMs?: number; cause?: unknown } = {},
): Ending {
  return { error: new ClientError(LOST[phase], message, options), next: 'reconnect' };
}

/** An end that a repeat cannot change. */
export function stopped(
  code: ClientErrorCode,
  message: string,
  mustChange: MustChange,
  options: { closeCode?: number; details?: unknown; cause?: unknown } = {},
): Ending {
  return { error: new ClientError(code, message, { ...options, mustChange }), next: 'stop' };
}

export interface CloseCircumstances {
  /** When the gateway wants to be asked again, as the transport said it. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the client offered revision 2 alone: there is no older one that a gateway could be left behind with. */
  readonly offeredBare?: boolean;
}

/** What the close code of a gateway means for this client, by the table of the contract. */
export function endingOfClose(
  phase: ConnectionPhase,
  code: number,
  reason: string,
  circumstances: CloseCircumstances = {},
): Ending {
  const name = closeName(code);
  const retryAfterMs = circumstances.retryAfterMs ?? retryAfterIn(reason);
  const said = reason === '' ? '' : `: ${reason}`;
  if (name === undefined || afterClose(code) === 'reconnect') {
    const what = name === undefined ? `closed with ${code}` : `closed with ${code}, ${CLOSE_CODES[name].meaning}`;
    return lost(phase, `${what}${said}`, { closeCode: code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
  const row = CLOSE_CODES[name];
  const bug = name === 'protocol_violation' ? 'the gateway reports a bug of this client: ' : '';
  const mustChange = name === 'no_common_revision' && circumstances.offeredBare ? 'client' : mustChangeAfter(row);
  return stopped('refused', `${bug}${row.meaning} (${code})${said}`, mustChange, { closeCode: code });
}

/** What an error response to a handshake request means. The close code that follows would say less. */
export function endingOfRefusal(error: ErrorFrameBody): Ending {
  const { code, message, details } = error;
  const cause = new ProtocolError(isErrorCode(code) ? code : 'internal', message, { details });
  if (code === 'revision_unsupported') {
    const { upgrade } = (details ?? {}) as { readonly upgrade?: unknown };
    const side = upgrade === 'client' || upgrade === 'gateway' ? upgrade : 'client or gateway';
    return stopped('refused', `no revision in common; upgrade the ${side}: ${message}`, side, { details, cause });
  }
  if (code === 'contract_mismatch') {
    return stopped('refused', `another contract at the same revision: ${message}`, 'client or gateway', {
      details,
      cause,
    });
  }
  if (cause.retryable) {
    const retryAfterMs = error.retry_after_ms;
    return lost('handshake', `the gateway answered ${code}: ${message}`, {
      cause,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  return stopped('refused', `the gateway answered ${code}: ${message}`, 'client', { details, cause });
}

/** A delay that a close reason names, the only place of a close frame that can. */
function retryAfterIn(reason: string): number | undefined {
  const [, ms] = /\bretry_after_ms\W+(\d{1,9})\b/.exec(reason) ?? [];
  return ms === undefined ? undefined : Number(ms);
}

function mustChangeAfter(row: (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES]): MustChange {
  const until = 'until' in row ? row.until : 'client';
  return until === 'upgrade' ? 'client or gateway' : until;
}
