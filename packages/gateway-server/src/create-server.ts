import { type Contract, systemClock, type Tyrum } from '@tyrum/contracts';
import { createGateway, type Gateway, type GatewayOptions, silentTelemetry } from '@tyrum/gateway-core';
import { createFront, type Front, type HttpOptions } from './http/front.ts';

export interface ServerOptions<C extends Contract = Tyrum> extends GatewayOptions<C> {
  readonly http?: HttpOptions;
}

/** A gateway on a port. */
export interface Server<C extends Contract = Tyrum> extends Front {
  readonly gateway: Gateway<C>;
}

/**
 * A gateway with its WebSocket endpoint and its HTTP routes, on one port.
 *
 * @throws {StoreUnavailableError} when the store cannot be used.
 */
export async function createServer<C extends Contract = Tyrum>(options: ServerOptions<C>): Promise<Server<C>> {
  const { http = {}, telemetry = silentTelemetry, clock = systemClock() } = options;
  const gateway = await createGateway<C>(options);
  const front = createFront(gateway, { http, telemetry, clock });
  return {
    gateway,
    listen: front.listen,
    get address() {
      return front.address;
    },
    close: front.close,
  };
}
