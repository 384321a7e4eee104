import type { Revisions } from '../contract/contracts.ts';
import { createPrng, type Prng } from '../kernel/prng.ts';
import { makeActors } from './make-actors.ts';
import { makeActs } from './make-acts.ts';
import { FAULT_KINDS, type FaultKind, makeFault } from './make-fault.ts';
import type { ActorPlan, GatewayPlan, Plan, Planned } from './plan.ts';

const GATEWAY_REVISIONS: readonly Revisions[] = [[2, 3], [2, 3], [2, 3, 4], [2, 3, 4], [3], [3, 4]];

/** Everything that will happen in the world of a seed. */
export function makePlan(seed: string): Plan {
  const random = createPrng(seed).fork('plan');
  const until = random.between(6, 30) * 1000;
  const actors = makeActors(random.fork('actors'));
  const gateway = makeGateway(random.fork('gateway'));
  const items = [
    ...makeActs(random.fork('acts'), actors, until),
    ...makeFaults(random.fork('faults'), actors, gateway, until),
  ];
  items.sort((one, other) => one.at - other.at);
  return { seed, gateway, actors, items, until };
}

function makeGateway(random: Prng): GatewayPlan {
  return {
    revisions: random.pick(GATEWAY_REVISIONS),
    limits: {
      event_window: random.pick([2, 4, 16, 64]),
      max_in_flight: random.pick([4, 8, 32]),
      high_water_bytes: random.pick([2_048, 8_192, 32_768]),
      heartbeat_ms: random.pick([2_000, 5_000, 10_000]),
      stall_ms: random.pick([5_000, 20_000]),
      drain_ms: random.pick([200, 3_000]),
    },
  };
}

function makeFaults(
  random: Prng,
  actors: readonly ActorPlan[],
  gateway: GatewayPlan,
  until: number,
): readonly Planned[] {
  // Each world knows only some kinds of faults: what one hides, another world shows.
  const kinds = FAULT_KINDS.filter(() => random.chance(0.3));
  if (kinds.length === 0) return [];
  const count = random.between(0, 12);
  const weighted: readonly FaultKind[] = kinds;
  return Array.from(
    { length: count },
    (): Planned => ({
      at: random.int(until * 1000) / 1000,
      ...makeFault(random, random.pick(weighted), actors, gateway),
    }),
  ).flatMap((fault): Planned[] =>
    fault.do === 'restore the backup'
      ? [{ at: random.int(fault.at * 1000) / 1000, do: 'keep a backup' }, fault]
      : [fault],
  );
}
