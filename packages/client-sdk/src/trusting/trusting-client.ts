import type { Tyrum } from '@tyrum/contracts';
import { trustingTyrum } from '@tyrum/contracts/spoken';
import type { Client } from '../client-interface.ts';
import type { ClientOptions } from '../client-options.ts';
import { createSpokenClient } from '../spoken-client.ts';
import { decodeTrusted } from './decode-trusted.ts';
import { refuseRequests } from './refuse-requests.ts';

/** A client that serves nothing. */
export type TrustingClient = Omit<Client<Tyrum>, 'handle'>;

/** What a client chooses that is no node and speaks the contract that this project ships. */
export type TrustingOptions = Omit<ClientOptions<Tyrum>, 'contract' | 'role' | 'capabilities' | 'journal'>;

/**
 * Makes a small client of a gateway whose words it takes as they come. The gateway still has to prove who it is.
 *
 * @throws {ClientError} `bad_configuration` that names the option
 */
export function createClient(options: TrustingOptions): TrustingClient {
  return createSpokenClient<Tyrum>({
    ...options,
    contract: trustingTyrum,
    decode: decodeTrusted,
    serve: refuseRequests,
  });
}
