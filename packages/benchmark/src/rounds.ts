import { type Bench, messageOf, type Running } from './bench.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** What one turn came to, by the name of the metric. */
export type Sample = Readonly<Record<string, number>>;

/** What a server came to over all rounds. */
export interface Measured {
  readonly name: string;
  readonly values: Readonly<Record<string, Spread>>;
  /** Against the base, round by round: both turns of a quotient were neighbours. */
  readonly ratios: Readonly<Record<string, Spread>>;
}

/**
 * Lets each server have its turn, in every round in another order, so that whatever else the machine does hits all alike. The
 * first round is for the compiler of the runtime and is not counted.
 */
export async function interleave<R extends Running>(
  bench: Bench,
  running: readonly R[],
  turn: (running: R, ms: number) => Promise<Sample>,
): Promise<readonly Measured[]> {
  const { rounds, warmUpMs, turnMs } = bench.plan;
  const samples = new Map<R, (Sample | undefined)[]>(running.map((one) => [one, []]));
  for (let round = 0; round <= rounds; round += 1) {
    bench.say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const one of rotated(running, round)) {
      const sample = await turn(one, round === 0 ? warmUpMs : turnMs).catch((cause) => {
        bench.complain(`${one.subject.name}: ${messageOf(cause)}`);
        return undefined;
      });
      if (round > 0) samples.get(one)?.push(sample);
    }
  }
  return summariseAll(running.map((one) => ({ ...one.subject, samples: samples.get(one) ?? [] })));
}

function rotated<Value>(values: readonly Value[], by: number): readonly Value[] {
  const at = values.length === 0 ? 0 : by % values.length;
  return [...values.slice(at), ...values.slice(0, at)];
}

/** All samples of one line, in the order of the rounds; where a turn failed, there is none. */
interface Line {
  readonly name: string;
  readonly base?: string;
  readonly samples: readonly (Sample | undefined)[];
}

/** Lines of which something was measured, each against the base that it names, or else the first. */
function summariseAll(lines: readonly Line[]): readonly Measured[] {
  return lines.flatMap((line) => {
    const base = lines.find(({ name }) => name === (line.base ?? lines[0]?.name));
    return line.samples.some((sample) => sample !== undefined) ? [summarise(line, base?.samples ?? [])] : [];
  });
}

function summarise({ name, samples }: Line, base: readonly (Sample | undefined)[]): Measured {
  const metrics = Object.keys(samples.find((sample) => sample !== undefined) ?? {});
  const spread = (values: readonly (number | undefined)[]) => {
    const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
    return known.length === 0 ? undefined : spreadOf(known);
  };
  const entries = (of: (metric: string) => Spread | undefined) =>
    Object.fromEntries(
      metrics.flatMap((metric) => {
        const value = of(metric);
        return value === undefined ? [] : [[metric, value]];
      }),
    );
  return {
    name,
    values: entries((metric) => spread(samples.map((sample) => sample?.[metric]))),
    ratios: entries((metric) =>
      spread(samples.map((sample, round) => quotient(sample?.[metric], base[round]?.[metric]))),
    ),
  };
}

function quotient(value: number | undefined, base: number | undefined): number | undefined {
  return value === undefined || base === undefined || base === 0 ? undefined : value / base;
}

/** What was measured once, each with the subject that it was measured of, or a name. */
export function oneRound(
  samples: readonly (readonly [subject: Pick<Line, 'name' | 'base'>, sample: Sample])[],
): readonly Measured[] {
  return summariseAll(samples.map(([subject, sample]) => ({ ...subject, samples: [sample] })));
}
