import { type Contract, type Random, type Tyrum, tyrum } from '@tyrum/contracts';
import { expect, onTestFinished } from 'vitest';
import { type Client, type ClientOptions, type ClientState, createClient } from '../src/index.ts';
import { createClient as createTrustingClient } from '../src/trusting.ts';
import { createFakeGateway, type FakeGateway, type FakeGatewayOptions } from './fake-gateway.ts';
import { deviceIdentity, syncCrypto } from './keys.ts';
import { createManualClock, type ManualClock, settled } from './manual-clock.ts';

export { settled } from './manual-clock.ts';

/** A client and a scripted gateway in one process, under a clock that a test moves. */
export interface World<C extends Contract = Tyrum> {
  readonly client: Client<C>;
  readonly gateway: FakeGateway;
  readonly clock: ManualClock;
  /** What went to `onError`, each as `where: message`. */
  readonly errors: string[];
  /** Every state since the start, by its status. */
  readonly statuses: string[];
  /** Another client, as another process of the same device would make it. */
  restart(options?: Partial<ClientOptions<C>>): Client<C>;
}

export interface WorldOptions<C extends Contract> extends Partial<ClientOptions<C>> {
  readonly gatewayOptions?: FakeGatewayOptions;
  /** An error that reaches `onError` fails the test unless this is set. */
  readonly mayReportErrors?: boolean;
}

/** Counts up: the same in every run, never the same twice, and in the middle as a fraction. */
function countingRandom(): Random {
  let count = 0;
  return {
    bytes(length) {
      const bytes = new Uint8Array(length).fill(0x80);
      count += 1;
      bytes[length - 1] = count & 0xff;
      bytes[length - 2] = (count >> 8) & 0xff;
      return bytes;
    },
  };
}

/** Each entry of the package that makes a client, and worlds with a client of it: what one does, the other does. */
export const ENTRIES = [
  { entry: 'checked', ...worldsOf(createClient) },
  { entry: 'trusting', ...worldsOf(createTrustingClient as typeof createClient) },
] as const;

export const [{ createWorld, createOpenWorld }] = ENTRIES;

function worldsOf(create: typeof createClient) {
  const createWorld = <C extends Contract = Tyrum>(options: WorldOptions<C> = {}) => worldOf(create, options);
  /** A world whose client is open. */
  async function createOpenWorld<C extends Contract = Tyrum>(options: WorldOptions<C> = {}): Promise<World<C>> {
    const world = await createWorld(options);
    await world.client.connect();
    return world;
  }
  return { createWorld, createOpenWorld };
}

async function worldOf<C extends Contract>(create: typeof createClient, options: WorldOptions<C>): Promise<World<C>> {
  const { gatewayOptions, mayReportErrors = false, ...clientOptions } = options;
  const gateway = createFakeGateway({ contract: options.contract ?? tyrum, ...gatewayOptions });
  const clock = createManualClock();
  const errors: string[] = [];
  const statuses: string[] = [];
  const identity = await deviceIdentity();
  const random = countingRandom();
  const clients: Client<C>[] = [];

  function restart(more: Partial<ClientOptions<C>> = {}): Client<C> {
    const client = create<C>({
      url: 'ws://gateway.test/ws',
      identity,
      token: 'token-1',
      clock,
      random,
      crypto: syncCrypto,
      connectSocket: gateway.connectSocket,
      onError: (error, where) => errors.push(`${where}: ${error instanceof Error ? error.message : String(error)}`),
      ...clientOptions,
      ...more,
    });
    client.onState((state: ClientState) => statuses.push(state.status));
    clients.push(client);
    return client;
  }

  const client = restart();
  onTestFinished(async () => {
    for (const each of clients) await each.close();
    await settled();
    expect(gateway.violations).toEqual([]);
    if (!mayReportErrors) expect(errors).toEqual([]);
    // Whatever a client sets up, it takes down.
    expect(clock.pending).toBe(0);
  });
  return { client, gateway, clock, errors, statuses, restart };
}
