import { type Programs, startSubject } from './bench.ts';
import { FULL } from './plan.ts';
import { slopeOf } from './statistics.ts';

/** How often memory is looked at, in milliseconds of load. */
const EVERY_MS = 5000;
/** The first part, in which tables and compiled code grow to their size, does not count. */
const SETTLING = 0.25;
/** What may be lost for each answer before one calls it a leak, in bytes of heap: less than one object. */
const FLAT_BYTES = 8;

interface Look {
  readonly seconds: number;
  readonly answered: number;
  readonly used: number;
  readonly rss: number;
}

/** Keeps a gateway under steady load, reads and durable effects in turn, and tells the slope of its memory. */
export async function runSoak(
  programs: Programs,
  minutes: number,
  tell: (line: string) => void,
): Promise<{ readonly text: string; readonly flat: boolean }> {
  const bench = { plan: FULL, programs, other: undefined, say: tell, complain: tell };
  const { server, load, stop } = await startSubject(bench, { name: 'Tyrum', server: 'tyrum', dialect: 'tyrum' });
  const looks: Look[] = [];
  try {
    await load.call('open', FULL.connections);
    const beganAt = performance.now();
    let answered = 0;
    while (performance.now() - beganAt < minutes * 60_000) {
      for (const kind of ['read', 'write']) {
        const result = await load.call<{ answered: number }>('pipeline', {
          kind,
          connections: FULL.connections,
          inFlight: 4,
          rampMs: 0,
          ms: EVERY_MS / 2,
        });
        answered += result.answered;
      }
      const { used, rss } = await server.call<{ used: number; rss: number }>('memory');
      const seconds = (performance.now() - beganAt) / 1000;
      looks.push({ seconds, answered, used, rss });
      tell(
        `${seconds.toFixed(0).padStart(5)} s  ${answered.toLocaleString('en')} answers, heap and buffers ${mib(used)} MiB, resident ${mib(rss)} MiB`,
      );
    }
  } finally {
    await stop();
  }
  return judge(looks);
}

function judge(looks: readonly Look[]): { readonly text: string; readonly flat: boolean } {
  const settled = looks.slice(Math.floor(looks.length * SETTLING));
  const [first, last] = [settled[0], settled.at(-1)];
  if (first === undefined || last === undefined || settled.length < 3) {
    return { text: 'too short for a slope: let it run longer', flat: true };
  }
  const perSecond = slopeOf(settled.map(({ seconds, used }) => ({ x: seconds, y: used })));
  const perAnswer = slopeOf(settled.map(({ answered, used }) => ({ x: answered, y: used })));
  const flat = perAnswer < FLAT_BYTES;
  return {
    flat,
    text: [
      `heap and buffers: ${perAnswer.toFixed(2)} bytes per answer, ${((perSecond * 60) / 1024).toFixed(1)} KiB per minute`,
      `from ${mib(first.used)} to ${mib(last.used)} MiB between second ${first.seconds.toFixed(0)} and ${last.seconds.toFixed(0)}, after ${last.answered.toLocaleString('en')} answers; resident ${mib(first.rss)} to ${mib(last.rss)} MiB`,
      flat ? 'flat' : `not flat: more than ${FLAT_BYTES} bytes stay for each answer`,
    ].join('\n'),
  };
}

function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
