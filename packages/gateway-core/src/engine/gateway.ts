import type { Contract, Tyrum } from '@tyrum/contracts';
import { createDomain } from '../domain/create-domain.ts';
import type { Gateway, GatewayOptions } from './gateway-options.ts';
import { startGateway } from './start-gateway.ts';

/**
 * Starts a gateway on a store: takes up what an earlier run left, then accepts channels.
 *
 * @throws {StoreUnavailableError} when the store cannot be used.
 * @throws {TypeError} when the contract has no hash for a revision that it serves, or the key is not Ed25519.
 */
export function createGateway<C extends Contract = Tyrum>(options: GatewayOptions<C>): Promise<Gateway<C>> {
  return startGateway(options, createDomain);
}
