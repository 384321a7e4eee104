import { type Programs, startSubject } from './bench.ts';
import { FULL } from './plan.ts';
import { type Judgement, judgeSoak, type Look, mib } from './soak-judgement.ts';

/** What is done in turn, over and over, and for how long in milliseconds. */
const TURNS = { reads: 1500, effects: 1500, events: 1000, handshakes: 1000 } as const;
const IN_FLIGHT = 4;
const PARALLEL = 4;
/** Devices that come and go, beside those that stay. */
const DEVICES = 64;

/**
 * Keeps a gateway under steady load, and tells the slope of its memory: reads, durable effects, durable events to all, and
 * devices that come and go.
 */
export async function runSoak(programs: Programs, minutes: number, tell: (line: string) => void): Promise<Judgement> {
  const bench = { plan: FULL, programs, other: undefined, say: tell, complain: tell };
  const { connections } = FULL;
  const subject = { name: 'Tyrum', server: 'tyrum', dialect: 'tyrum', facts: { devices: DEVICES } } as const;
  const { server, load, stop } = await startSubject(bench, subject);
  const looks: Look[] = [];
  const requests = { connections, inFlight: IN_FLIGHT, rampMs: 0 };
  try {
    await load.call('open', connections);
    const beganAt = performance.now();
    let answered = 0;
    while (performance.now() - beganAt < minutes * 60_000) {
      for (const [kind, ms] of [
        ['read', TURNS.reads],
        ['write', TURNS.effects],
      ] as const) {
        answered += (await load.call<{ answered: number }>('pipeline', { ...requests, kind, ms })).answered;
      }
      answered += (await load.call<{ events: number }>('fanOut', TURNS.events)).events;
      const handshakes = { ms: TURNS.handshakes, parallel: PARALLEL };
      answered += (await load.call<{ count: number }>('handshakes', handshakes)).count;
      const { used, rss } = await server.call<{ used: number; rss: number }>('memory');
      const seconds = (performance.now() - beganAt) / 1000;
      looks.push({ seconds, answered, used, rss });
      tell(
        `${seconds.toFixed(0).padStart(5)} s  ${answered.toLocaleString('en')} answers and events, heap and buffers ${mib(used)} MiB, resident ${mib(rss)} MiB`,
      );
    }
  } finally {
    await stop();
  }
  return judgeSoak(looks);
}
