import type { Plan, Planned } from '../plan/plan.ts';
import type { WorldReport } from '../world.ts';

/** A plan from which nothing more can be left out. */
export interface Shrunk {
  readonly plan: Plan;
  readonly report: WorldReport;
  readonly part: Part;
  /** Worlds that were run to find it. */
  readonly worlds: number;
}

/** What is left of a plan. */
export interface Part {
  /** Items of the whole plan, by their places in it. */
  readonly items: readonly number[];
  /** The names of those who are in the world. */
  readonly actors: readonly string[];
}

/**
 * Makes a failing plan as small as it gets by leaving out what was planned, in ever smaller pieces, for as long as the same
 * invariant breaks.
 *
 * @param run runs a plan; the same plan gives the same report
 * @param mostWorlds how many worlds may be run for it
 */
export async function shrink(
  plan: Plan,
  failed: WorldReport,
  run: (plan: Plan) => Promise<WorldReport>,
  mostWorlds = 400,
): Promise<Shrunk> {
  let items: readonly number[] = plan.items.map((_, index) => index);
  let actors: readonly string[] = plan.actors.map(({ name }) => name);
  let report = failed;
  let worlds = 0;

  async function stillFails(part: Part): Promise<boolean> {
    worlds += 1;
    const result = await run(only(plan, part));
    if (result.violation?.invariant !== failed.violation?.invariant) return false;
    report = result;
    return true;
  }

  for (const name of [...actors]) {
    const fewer = { items, actors: actors.filter((other) => other !== name) };
    if (fewer.actors.length > 0 && (await stillFails(fewer))) ({ items, actors } = fewer);
  }
  for (let size = Math.ceil(items.length / 2); size >= 1 && worlds < mostWorlds; ) {
    let left = false;
    for (let from = 0; from < items.length && worlds < mostWorlds; ) {
      const fewer = { items: [...items.slice(0, from), ...items.slice(from + size)], actors };
      if (await stillFails(fewer)) {
        items = fewer.items;
        left = true;
      } else from += size;
    }
    // A last round of single items is repeated until none of them can be left out.
    if (size > 1) size = Math.ceil(size / 2);
    else if (!left) break;
  }
  const part = { items, actors };
  return { plan: only(plan, part), report, part, worlds };
}

/** A part of a plan as a plan. What happens to somebody who is not in it does not happen. */
export function only(plan: Plan, { items, actors }: Part): Plan {
  const wanted = new Set(items);
  const present = plan.actors.filter(({ name }) => actors.includes(name));
  const known = (name: string) => present.some((actor) => actor.name === name);
  return {
    ...plan,
    actors: present,
    items: plan.items.flatMap((item, index): Planned[] => {
      if (!wanted.has(index)) return [];
      if (!('who' in item)) return [item];
      if (typeof item.who === 'string') return known(item.who) ? [item] : [];
      return [{ ...item, who: item.who.filter(known) } as Planned];
    }),
  };
}
