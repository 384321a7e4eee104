import { ProtocolError } from '@tyrum/contracts/spoken';
import { ClientError } from '../client-error.ts';
import { errorBodyOf, responseText } from '../serving/answer.ts';
import type { IncomingRequests } from '../serving/incoming-requests.ts';

/** Answers a ping and refuses everything else that the gateway asks: for a client that is no node. */
export function refuseRequests(): IncomingRequests {
  return {
    handle() {
      throw new ClientError(
        'bad_configuration',
        'this entry serves no requests; take createClient of @tyrum/client-sdk',
        {
          mustChange: 'client',
        },
      );
    },
    receive({ session, send }, { request_id, type }) {
      const refusal = new ProtocolError('unsupported_operation', `${type} is not served here`);
      const outcome = type === 'ping' ? { ok: true as const } : { ok: false as const, error: errorBodyOf(refusal) };
      send(responseText(session.view.revision, { request_id, type }, outcome));
    },
    // `decodeTrusted` knows no request that is malformed.
    refuse() {},
    running: 0,
    abortAll() {},
  };
}
