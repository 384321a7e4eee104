import type { Scope } from '@tyrum/contracts';
import type { Revisions } from '../contract/contracts.ts';
import type { Prng } from '../kernel/prng.ts';
import type { Road } from '../network/network.ts';
import type { ActorPlan } from './plan.ts';

export const CLIENT_REVISIONS: readonly Revisions[] = [[2, 3], [2, 3], [3], [2, 3, 4], [2, 3, 4], [3, 4], [2]];

/** Everyone in a world: some clients, perhaps some nodes, now and then of two tenants. */
export function makeActors(random: Prng): readonly ActorPlan[] {
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
