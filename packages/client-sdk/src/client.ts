import type { Contract, Tyrum } from '@tyrum/contracts';
import { decodeFrame, spokenTyrum } from '@tyrum/contracts/spoken';
import type { Client } from './client-interface.ts';
import type { ClientOptions } from './client-options.ts';
import { createIncomingRequests } from './serving/incoming-requests.ts';
import { createSpokenClient } from './spoken-client.ts';

/**
 * Makes a client of one gateway. It does nothing until it is used or told to `connect`.
 *
 * @throws {ClientError} `bad_configuration` that names the option
 */
export function createClient<C extends Contract = Tyrum>(options: ClientOptions<C>): Client<C> {
  return createSpokenClient({
    ...options,
    contract: options.contract ?? spokenTyrum,
    decode: (text, revision) => decodeFrame(text, { revision, unknownKeys: 'drop' }),
    serve: createIncomingRequests,
  });
}
