import { join } from 'node:path';
import { type GatewayChild, spawnGateway } from './child-processes.ts';
import { readLog } from './read-log.ts';
import type { Seeded } from './seeded.ts';
import type { Verifier } from './verifier.ts';

/** A gateway that is killed and started again, on one port and one database. */
export interface MortalGateway {
  readonly port: number;
  readonly kills: number;
  /** Kills it, and starts it again; now and then it is killed once more before it listens. Resolves when it listens. */
  kill(): Promise<void>;
  /** Stops it as an operator would, and has the verifier read the rest of the log. */
  stop(): Promise<void>;
}

/** One kill in so many is followed by another while the gateway starts. */
const KILL_AT_START = 4;
const MOST_STARTING_MS = 400;
/**
 * One kill in so many is followed by a look at the log. Not each: whoever opens the database recovers it, and it is the gateway
 * that has to.
 */
const LOOK_EVERY = 8;

export interface MortalGatewayOptions {
  /** The compiled command. */
  readonly command: string;
  readonly data: string;
  readonly token: string;
  /** Further settings, as on a command line. */
  readonly flags?: readonly string[];
  readonly seeded: Seeded;
  readonly verifier: Verifier;
  readonly note: (deed: string) => void;
}

export async function startMortalGateway(options: MortalGatewayOptions): Promise<MortalGateway> {
  const { seeded, verifier, note } = options;
  let gateway: GatewayChild = spawnGateway({ ...options, port: 0 });
  const port = await gateway.listening;
  let kills = 0;

  async function end(): Promise<void> {
    note('kill');
    kills += 1;
    await gateway.kill();
  }

  async function look(): Promise<void> {
    verifier.read(await readLog(join(options.data, 'tyrum.sqlite'), verifier.position));
  }

  return {
    port,
    get kills() {
      return kills;
    },
    async kill() {
      await end();
      if (kills % LOOK_EVERY === 0) await look();
      gateway = spawnGateway({ ...options, port });
      while (seeded.between(1, KILL_AT_START) === 1) {
        await new Promise((resolve) => setTimeout(resolve, seeded.between(0, MOST_STARTING_MS)));
        await end();
        gateway = spawnGateway({ ...options, port });
      }
      await gateway.listening;
      note('restarted');
    },
    async stop() {
      await gateway.stop();
      await look();
    },
  };
}
