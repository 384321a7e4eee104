import type { Client } from '@tyrum/client-sdk';
import type { EventType } from '@tyrum/contracts';
import type { SimulatedContract } from '../contract/contracts.ts';
import type { History } from '../invariants/history-rule.ts';
import type { Prng } from '../kernel/prng.ts';
import type { Process } from '../kernel/process.ts';

type SimulatedClient = Client<SimulatedContract>;
type AnyEvent = EventType<SimulatedContract>;

/** How an application takes events, and how it behaves while it does. */
export interface ListenOptions {
  readonly client: SimulatedClient;
  readonly program: Process;
  readonly history: History;
  /** The durable events that it listens to. */
  readonly types: readonly AnyEvent[];
  readonly random: Prng;
  /** Milliseconds that it spends on an event, at the most. */
  readonly slowness: number;
}

/** One handler for each type; some are slow, and some throw when they are done. */
export function listenWithHandlers(options: ListenOptions): void {
  const { client, program, history, types, random, slowness } = options;
  for (const type of types) {
    client.on(type, async ({ eventId }) => {
      const done = history.applied(eventId, type);
      const ms = slowness === 0 ? 0 : random.int(slowness);
      if (ms > 0) await program.sleep(ms);
      done();
      if (random.chance(0.05)) throw new Error('a bug of the application: its handler throws');
    });
  }
  client.onSnapshotRequired(async (reason) => {
    history.snapshotRequired(reason);
    if (slowness > 0) await program.sleep(random.int(slowness));
  });
}

/** One loop over all events; it begins again when the client has stopped and goes on. */
export function listenWithIterator(options: ListenOptions): { begin(): void } {
  const { client, program, history, types, random, slowness } = options;
  client.onSnapshotRequired((reason) => history.snapshotRequired(reason));

  async function loop(): Promise<void> {
    try {
      for await (const { eventId, type } of client.events({ types })) {
        const done = history.applied(eventId, type);
        if (slowness > 0) await program.sleep(random.int(slowness));
        done();
      }
    } catch {
      // The client stopped, and says so by its state as well: whoever starts it again begins this again.
    }
  }

  return { begin: () => void loop() };
}
