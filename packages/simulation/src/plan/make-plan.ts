import type { Scope } from '@tyrum/contracts';
import type { Revisions } from '../contract/contracts.ts';
import { Aside, Manner } from '../contract/counter.ts';
import { createPrng, type Prng } from '../kernel/prng.ts';
import type { Road } from '../network/network.ts';
import { FAULT_KINDS, type FaultKind, makeFault } from './make-fault.ts';
import type { Act, ActorPlan, GatewayPlan, Plan, Planned } from './plan.ts';

const GATEWAY_REVISIONS: readonly Revisions[] = [[2, 3], [2, 3], [2, 3, 4], [2, 3, 4], [3], [3, 4]];
const CLIENT_REVISIONS: readonly Revisions[] = [[2, 3], [2, 3], [3], [2, 3, 4], [2, 3, 4], [3, 4], [2]];

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

function makeActors(random: Prng): readonly ActorPlan[] {
  const clients = random.between(1, 4);
  const nodes = random.between(0, 2);
  const twoTenants = random.chance(0.2);
  const road = (): Road =>
    random.chance(0.8)
      ? { latency: [random.between(1, 20), random.between(20, 60)], bytesPerMs: Number.POSITIVE_INFINITY }
      : { latency: [random.between(20, 100), random.between(100, 400)], bytesPerMs: random.pick([2, 10, 50]) };
  const common = () => ({
    tenant: twoTenants && random.chance(0.4) ? 'orchard' : 'meadow',
    revisions: random.pick(CLIENT_REVISIONS),
    extended: random.chance(0.7),
    storage: random.chance(0.7),
    resume: random.pick(['now', 'now', 'acked'] as const),
    listens: random.pick(['handlers', 'handlers', 'iterator', 'follow'] as const),
    slowness: random.pick([0, 0, 5, 50, 400]),
    road: road(),
  });
  return [
    ...Array.from(
      { length: clients },
      (_, index): ActorPlan => ({
        ...common(),
        name: `client-${index + 1}`,
        role: 'client',
        scopes: index === 0 ? ['operator.read', 'operator.write'] : makeScopes(random),
      }),
    ),
    ...Array.from(
      { length: nodes },
      (_, index): ActorPlan => ({
        ...common(),
        // Whether an act of a node happened once is told by its journal, which is on its disk.
        storage: true,
        listens: 'handlers',
        name: `node-${index + 1}`,
        role: 'node',
        scopes: ['node.paired'],
      }),
    ),
  ];
}

export function makeScopes(random: Prng): readonly Scope[] {
  const scopes: Scope[] = ['operator.read'];
  if (random.chance(0.8)) scopes.push('operator.write');
  if (random.chance(0.4)) scopes.push('operator.admin');
  return scopes;
}

function makeActs(random: Prng, actors: readonly ActorPlan[], until: number): readonly Planned[] {
  const count = random.between(10, 45);
  const keys = new Map<string, Extract<Act, { do: 'add' }>>();
  return Array.from({ length: count }, (_, index) => ({
    at: random.int(until * 1000) / 1000,
    ...makeAct(random, actors, `t${index}`, keys),
  }));
}

function makeAct(
  random: Prng,
  actors: readonly ActorPlan[],
  token: string,
  keys: Map<string, Extract<Act, { do: 'add' }>>,
): Act {
  const { name: who, role, tenant } = random.pick(actors);
  const counter = random.pick(['apples', 'pears', 'plums']);
  const by = random.between(1, 9);
  if (role === 'node') return { do: 'report', who, token, counter, by };
  const nodes = actors.filter((actor) => actor.role === 'node' && actor.tenant === tenant);
  const node = nodes.length === 0 ? undefined : random.pick(nodes).name;
  const dice = random.fork(token);
  const kind = dice.int(20);
  if (kind === 0) return { do: 'read', who };
  if (kind === 1) return { do: 'ask status', who };
  if (kind < 4) {
    const manner = dice.pick(['well', 'slow', 'throw', 'task'] as const);
    return manner === 'task' && node === undefined
      ? { do: 'say', who, token, manner: 'well' }
      : { do: 'say', who, token, manner, ...(node === undefined ? {} : { node }) };
  }
  if (node !== undefined && kind < 7)
    return { do: 'poke', who, token, node, ...(dice.chance(0.3) ? { key: `poke-${token}` } : {}) };
  if (node !== undefined && kind < 11) {
    return {
      do: 'submit',
      who,
      token,
      node,
      manner: dice.pick(['well', 'well', 'slow', 'throw', 'refuse'] as const),
      ...(dice.chance(0.2) ? { deadlineMs: dice.between(500, 20_000) } : {}),
      ...(dice.chance(0.2) ? { cancelAfterMs: dice.between(1, 3_000) } : {}),
    };
  }
  // The same intention again, under the key of an earlier one.
  const repeated = keys.get(`${who} ${dice.int(3)}`);
  if (repeated !== undefined && dice.chance(0.5)) return repeated;
  const key = dice.int(3);
  const add: Extract<Act, { do: 'add' }> = {
    do: 'add',
    who,
    token,
    counter,
    by,
    manner: dice.chance(0.7) ? 'well' : dice.pick(Manner.options),
    asides: Aside.options.filter((aside) => dice.chance(0.25) && (aside !== 'note' || node !== undefined)),
    padding: dice.pick([0, 0, 20, 500, 1500]),
    ...(dice.chance(0.3) && !keys.has(`${who} ${key}`) ? { key: `key-${who}-${key}` } : {}),
    ...(dice.chance(0.1) ? { patienceMs: dice.between(50, 5_000) } : {}),
    ...(dice.chance(0.1) ? { abortAfterMs: dice.between(0, 500) } : {}),
  };
  if (add.key !== undefined) keys.set(`${who} ${key}`, add);
  return add;
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
