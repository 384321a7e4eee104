import { lineThrough } from './statistics.ts';

/** Memory at one moment of a soak, after all garbage was collected. */
export interface Look {
  readonly seconds: number;
  /** Answers and events that came until then. */
  readonly answered: number;
  /** Bytes of heap and buffers. */
  readonly used: number;
  /** Bytes resident. */
  readonly rss: number;
}

export interface Judgement {
  readonly text: string;
  readonly flat: boolean;
}

/** The first part, in which tables and compiled code grow to their size, does not count. */
const SETTLING = 0.25;
/** Looks that a slope needs. */
const LEAST = 8;
/** A slope counts as far as it is above its own uncertainty by so many standard errors: noise has none of it. */
const ERRORS = 3;
/**
 * Bytes that may stay for each answer. An object takes 16 at the least, so one in sixteen answers that leaks one is seen. What is
 * resident moves by whole pages, and by what the runtime holds in reserve.
 */
const FLAT = { used: 1, rss: 8 } as const;

/** Whether memory stayed where it was. Too few looks are no proof that it did. */
export function judgeSoak(looks: readonly Look[]): Judgement {
  const settled = looks.slice(Math.floor(looks.length * SETTLING));
  const [first, last] = [settled[0], settled.at(-1)];
  if (first === undefined || last === undefined || settled.length < LEAST) {
    return { text: 'too short for a slope: let it run longer', flat: false };
  }
  const used = perAnswer(settled, 'used');
  const rss = perAnswer(settled, 'rss');
  const perMinute = lineThrough(settled.map(({ seconds, used }) => ({ x: seconds / 60, y: used }))).slope;
  const leaks = [
    ...(used.least > FLAT.used ? [`more than ${FLAT.used} byte of heap and buffers stays for each answer`] : []),
    ...(rss.least > FLAT.rss ? [`more than ${FLAT.rss} bytes resident stay for each answer`] : []),
  ];
  return {
    flat: leaks.length === 0,
    text: [
      `heap and buffers: ${used.text}, ${(perMinute / 1024).toFixed(1)} KiB per minute`,
      `resident: ${rss.text}`,
      `from ${mib(first.used)} to ${mib(last.used)} MiB, resident ${mib(first.rss)} to ${mib(last.rss)} MiB, between second ${first.seconds.toFixed(0)} and ${last.seconds.toFixed(0)}, with ${(last.answered - first.answered).toLocaleString('en')} answers and events`,
      leaks.length === 0 ? 'flat' : `not flat: ${leaks.join(', and ')}`,
    ].join('\n'),
  };
}

function perAnswer(looks: readonly Look[], what: 'used' | 'rss'): { readonly text: string; readonly least: number } {
  const { slope, error } = lineThrough(looks.map((look) => ({ x: look.answered, y: look[what] })));
  return { text: `${slope.toFixed(3)} ± ${error.toFixed(3)} bytes per answer`, least: slope - ERRORS * error };
}

/** @returns mebibytes, to a tenth */
export function mib(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
