import type { EventType } from '@tyrum/contracts';
import { type Actor, createActor } from './actors/actor.ts';
import { createBackups } from './actors/backups.ts';
import { createGatewayHost, type GatewayHost, type Outage } from './actors/gateway-host.ts';
import { inflictFault } from './actors/inflict-fault.ts';
import { createOffice } from './actors/office.ts';
import { performAct } from './actors/perform-act.ts';
import { createIntents } from './applications/intents.ts';
import { createWheels } from './applications/wheels.ts';
import { contractAt, durableTypesFor, REVISIONS, type SimulatedContract } from './contract/contracts.ts';
import { createClientDisk } from './disk/client-disk.ts';
import { createDisk } from './disk/disk.ts';
import { ackedRule } from './invariants/acked-rule.ts';
import { bytesRule } from './invariants/bytes-rule.ts';
import { createClientWatch } from './invariants/client-watch.ts';
import { deliveryRule } from './invariants/delivery-rule.ts';
import { createEffects } from './invariants/effect-rule.ts';
import type { Settled } from './invariants/final-rule.ts';
import { createHistory } from './invariants/history-rule.ts';
import { observeNetwork } from './invariants/observe-network.ts';
import { recoveryRule } from './invariants/recovery-rule.ts';
import { responseRule } from './invariants/response-rule.ts';
import { createWireWatch } from './invariants/wire-watch.ts';
import type { Loop } from './kernel/loop.ts';
import { createPrng } from './kernel/prng.ts';
import { createWallClock } from './kernel/process.ts';
import { createKeyPair } from './kernel/signatures.ts';
import type { Bug } from './mutations/mutation.ts';
import { createNetwork } from './network/network.ts';
import { isFault, type Plan, type Planned } from './plan/plan.ts';
import { createTrueCursors } from './truth/cursors.ts';
import { createGrants } from './truth/grants.ts';
import { createTrueLedger } from './truth/ledger.ts';
import { createTrueLogs } from './truth/logs.ts';
import type { Verdict } from './truth/verdict.ts';

/** A world that has not begun: its machines, its network, and everyone who watches. */
export interface World {
  start(): void;
  happen(item: Planned): void;
  /** From now on nothing goes wrong. */
  mend(): void;
  /** What is judged when it comes to rest. */
  readonly state: Settled;
}

export interface WorldParts {
  readonly plan: Plan;
  readonly loop: Loop;
  readonly verdict: Verdict;
  readonly say: (line: string) => void;
  readonly mutation: Bug | undefined;
}

/** How long a disk that did not answer takes to bring its machine down, and the machine to come up again, in milliseconds. */
const AFTER_LOST_ANSWER = { crashMs: 500, downMs: 300 };

export function buildWorld({ plan, loop, verdict, say, mutation }: WorldParts): World {
  const random = createPrng(plan.seed);
  const now = () => loop.elapsed;
  const { limits } = plan.gateway;

  const logs = createTrueLogs(now);
  const ledger = createTrueLedger(now);
  const cursors = createTrueCursors();
  const grants = createGrants(now);
  const effects = createEffects(verdict);
  const intents = createIntents({
    now,
    say,
    onContradiction: (message) => verdict.fail('one ending', message),
  });
  const wheels = createWheels((token, times) => say(`wheel: ${token} ${times}`));

  const rules = [
    deliveryRule({ verdict, cursors, window: limits.event_window }),
    recoveryRule({ verdict, logs, cursors }),
    ackedRule({ verdict, logs, cursors }),
    responseRule({ verdict, ledger, contract: contractAt(REVISIONS), maxInFlight: limits.max_in_flight }),
    bytesRule({ verdict, highWaterBytes: limits.high_water_bytes, maxInFlight: limits.max_in_flight }),
  ];
  const wire = createWireWatch({ rules, grants, logs, now });
  const clients = createClientWatch({ intents, historyOf: (host) => actorOf(host).history, watchedOf: wire.find });
  const network = createNetwork({
    loop,
    random: random.fork('network'),
    roadOf: (host) => actorOf(host).plan.road,
    observer: observeNetwork({ wire, clients, verdict, say }),
  });

  let crashNext: Outage & { readonly silent: boolean } = {
    silent: false,
    downMs: 1_000,
    revisions: plan.gateway.revisions,
  };
  let answersLost = false;
  const disk = createDisk({
    loop,
    random: random.fork('disk'),
    crash: () => host.crash(crashNext),
    onAppend(tenant, events) {
      for (const { position, type, eventId } of events) say(`log ${tenant}: ${position} ${type} ${eventId}`);
      logs.appended(tenant, events);
      effects.appended(events);
    },
    onWritten(written) {
      if (written.kind === 'ledger') ledger.synced(written.key, written.entry);
      else if (written.kind === 'abandon') ledger.abandoned(written.liveOwner);
      else logs.trimmed(written.tenant, written.floor);
    },
    onAnswerLost() {
      answersLost = true;
      // The port promises that nothing of a failed commit is kept: a store that cannot tell has to be started again.
      const { crashMs, downMs } = AFTER_LOST_ANSWER;
      loop.after(crashMs, () => host.crash({ ...crashNext, silent: false, downMs }));
    },
    say,
  });
  const gatewayWall = createWallClock(loop);
  const host: GatewayHost = createGatewayHost({
    plan: plan.gateway,
    loop,
    wall: gatewayWall,
    random: random.fork('gateway'),
    key: createKeyPair(random.fork('gateway key')),
    disk,
    network,
    mutation,
    onTurnRun: effects.turnRuns,
    accepted(link, token) {
      const { plan: actor, deviceId } = actorOf(link.host);
      wire.accepted(link, { name: actor.name, tenant: actor.tenant, deviceId, role: actor.role }, token);
    },
    say,
  });
  const office = createOffice(host, grants);
  const backups = createBackups({
    loop,
    random: random.fork('backups'),
    disk,
    host,
    logs,
    ledger,
    grants,
    onRestored() {
      const tenants = plan.actors.map(({ tenant }) => tenant);
      effects.restored(tenants, logs);
    },
  });

  const actors = new Map<string, Actor>();
  for (const actorPlan of plan.actors) {
    const { name, tenant, role, storage, listens } = actorPlan;
    const actorRandom = random.fork(name);
    const types = durableTypesFor(role);
    const actor = createActor({
      plan: actorPlan,
      key: createKeyPair(actorRandom.fork('key')),
      disk: createClientDisk(actorRandom.fork('disk')),
      random: actorRandom,
      mutation,
      token: (refused) => office.tokenOf(actorPlan, refused),
      history: createHistory({
        name,
        tenant,
        verdict,
        logs,
        cursors,
        now,
        storage,
        snapshotsAside: listens === 'iterator',
        hears: (type) => listens !== 'follow' && types.includes(type as EventType<SimulatedContract>),
      }),
      types,
      intents,
      wheels,
      verdict,
      say,
      loop,
      wall: createWallClock(loop),
      network,
    });
    actors.set(name, actor);
  }
  function actorOf(name: string): Actor {
    const actor = actors.get(name);
    if (actor === undefined) throw new RangeError(`there is no ${name} in this world`);
    return actor;
  }

  const faultOptions = {
    loop,
    network,
    disk,
    host,
    gatewayWall,
    office,
    backups,
    actorOf,
    crashNext(how: typeof crashNext) {
      crashNext = how;
    },
  };
  const deviceIdOf = (name: string) => actors.get(name)?.deviceId ?? 'dev_nobody';
  const state: Settled = {
    actors: [...actors.values()],
    wire,
    host,
    intents,
    logs,
    ledger,
    effects,
    wheels,
    disk,
    backups,
    verdict,
    plan,
    answersLost: () => answersLost,
  };

  return {
    state,
    start() {
      host.start(plan.gateway.revisions);
      for (const actor of actors.values()) loop.after(random.int(300), actor.start);
    },
    happen(item) {
      say(`planned: ${item.do} ${JSON.stringify(item)}`);
      if (isFault(item)) return inflictFault(item, faultOptions);
      const { program } = actorOf(item.who);
      if (program !== undefined) void performAct({ act: item, program, intents, deviceIdOf });
    },
    mend() {
      disk.mend();
      // A gateway of revision 2 alone cannot end what one of revision 3 has begun.
      host.prefer(REVISIONS, (revisions) => revisions.includes(3) && state.actors.every(speaksOneOf(revisions)), {
        downMs: 100,
        revisions: REVISIONS,
      });
    },
  };
}

function speaksOneOf(revisions: readonly number[]): (actor: Actor) => boolean {
  return (actor) => actor.revisions.some((each) => revisions.includes(each));
}
