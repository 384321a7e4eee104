import { Aside, Manner } from '../contract/counter.ts';
import type { Prng } from '../kernel/prng.ts';
import type { Act, ActorPlan, Planned } from './plan.ts';

/** What the applications of a world do, and when. */
export function makeActs(random: Prng, actors: readonly ActorPlan[], until: number): readonly Planned[] {
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
  const { name: who, role, tenant, revisions } = random.pick(actors);
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
    return {
      do: 'say',
      who,
      token,
      manner: manner === 'task' && node === undefined ? 'well' : manner,
      ...(node === undefined ? {} : { node }),
      ...(dice.chance(0.3) ? { cancelAfterMs: dice.between(1, 3_000) } : {}),
    };
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
  // Another intention by mistake under the same key. At revision 2 a key is an id, by which this simulation tells them apart.
  const reused = revisions.includes(2) || !dice.chance(0.3) ? undefined : repeated?.key;
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
    ...(reused === undefined ? {} : { key: reused }),
    ...(dice.chance(0.1) ? { patienceMs: dice.between(50, 5_000) } : {}),
    ...(dice.chance(0.1) ? { abortAfterMs: dice.between(0, 500) } : {}),
  };
  if (add.key !== undefined && reused === undefined) keys.set(`${who} ${key}`, add);
  return add;
}
