import type { Revisions } from '../contract/contracts.ts';
import type { CrashPhase } from '../disk/disk.ts';
import type { Prng } from '../kernel/prng.ts';
import { CLIENT_REVISIONS, makeScopes } from './make-actors.ts';
import type { ActorPlan, Fault, GatewayPlan } from './plan.ts';

export const FAULT_KINDS = [
  'break',
  'break in a frame',
  'stall',
  'half-open',
  'partition',
  'copy the next connection',
  'lose an event',
  'crash the gateway',
  'restart the gateway',
  'take over',
  'crash at',
  'fail commits',
  'lose answers of the disk',
  'fail reads',
  'slow the disk',
  'jump the clock of the gateway',
  'jump the clock',
  'crash',
  'close',
  'revoke the token',
  'narrow the token',
  'trim the log',
  'restore the backup',
] as const satisfies readonly Fault['do'][];

export type FaultKind = (typeof FAULT_KINDS)[number];

const PHASES: readonly CrashPhase[] = ['before', 'within, lost', 'within, kept', 'after'];
const OTHER_REVISIONS: readonly Revisions[] = [[2], [3], [2, 3], [2, 3, 4]];

/** How far a clock jumps: well below the window of the ledger, past which nobody promises anything. */
const JUMPS = [-3_600_000, -5_000, 5_000, 60_000, 3_600_000];

export function makeFault(random: Prng, kind: FaultKind, actors: readonly ActorPlan[], gateway: GatewayPlan): Fault {
  const who = random.pick(actors).name;
  const client = random.pick(actors.filter(({ role }) => role === 'client')).name;
  const direction = random.pick(['up', 'down'] as const);
  const downMs = random.pick([10, 200, 2_000, 8_000]);
  const silent = random.chance(0.3);
  const revisions = random.chance(0.7) ? gateway.revisions : random.pick(OTHER_REVISIONS);
  switch (kind) {
    case 'break':
      return {
        do: kind,
        who,
        how: {
          clientHearsAfter: random.chance(0.85) ? random.between(0, 200) : undefined,
          gatewayHearsAfter: random.chance(0.7) ? random.between(0, 3_000) : undefined,
          underWay: random.pick(['lost', 'arrives']),
        },
      };
    case 'break in a frame':
      return { do: kind, who, direction, bytes: random.between(10, 3_000) };
    case 'stall':
      return { do: kind, who, direction, ms: random.between(50, 9_000) };
    case 'half-open':
      return { do: kind, who, direction };
    case 'partition':
      return {
        do: kind,
        who: actors.filter(() => random.chance(0.5)).map(({ name }) => name),
        ms: random.between(200, 12_000),
      };
    case 'copy the next connection':
      return { do: kind, who };
    case 'lose an event':
      return { do: kind, who };
    case 'crash the gateway':
      return { do: kind, silent, downMs, revisions };
    case 'restart the gateway':
      return { do: kind, downMs, revisions };
    case 'take over':
      return { do: kind, downMs, lingerMs: random.pick([100, 1_500, 8_000]), revisions };
    case 'crash at':
      return {
        do: kind,
        point: {
          operation: random.chance(0.75) ? 'commit' : 'read',
          phase: random.pick(PHASES),
          skip: random.int(12),
        },
        silent,
        downMs,
        revisions,
      };
    case 'fail commits':
    case 'lose answers of the disk':
    case 'fail reads':
      return { do: kind, count: random.between(1, 4) };
    case 'slow the disk':
      return { do: kind, ms: random.between(20, 600), forMs: random.between(500, 8_000) };
    case 'jump the clock of the gateway':
      return { do: kind, ms: random.pick(JUMPS) };
    case 'jump the clock':
      return { do: kind, who, ms: random.pick(JUMPS) };
    case 'crash':
      return { do: kind, who, silent, downMs };
    case 'close':
      return { do: kind, who, downMs, revisions: revisionsAfter(random, actors, who) };
    case 'revoke the token':
      return { do: kind, who: client, scopes: makeScopes(random) };
    case 'narrow the token':
      return { do: kind, who: client, scopes: ['operator.read'] };
    case 'trim the log':
      return { do: kind, tenant: random.pick(actors).tenant, keep: random.pick([0, 1, 3, 10]) };
    case 'restore the backup':
      return { do: kind, downMs };
  }
}

/** What the next version of a program speaks. One of today or tomorrow never becomes one of yesterday. */
function revisionsAfter(random: Prng, actors: readonly ActorPlan[], who: string): Revisions {
  const now = actors.find(({ name }) => name === who)?.revisions ?? [3];
  return random.pick(CLIENT_REVISIONS.filter((revisions) => now.includes(2) || !revisions.includes(2)));
}
