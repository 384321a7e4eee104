import type { EventType } from '@tyrum/contracts';
import { type Actor, createActor } from './actors/actor.ts';
import { createBackups } from './actors/backups.ts';
import { createGatewayHost, type GatewayHost, type Outage } from './actors/gateway-host.ts';
import { inflictFault } from './actors/inflict-fault.ts';
import { createOffice } from './actors/office.ts';
import { performAct } from './actors/perform-act.ts';
import { createIntents } from './applications/intents.ts';
import { createWheels } from './applications/wheels.ts';
import { contractAt, type SimulatedContract } from './contract/contracts.ts';
import { createClientDisk } from './disk/client-disk.ts';
import { createDisk } from './disk/disk.ts';
import { ackedRule } from './invariants/acked-rule.ts';
import { bytesRule } from './invariants/bytes-rule.ts';
import { createClientWatch } from './invariants/client-watch.ts';
import { deliveryRule } from './invariants/delivery-rule.ts';
import { createEffects } from './invariants/effect-rule.ts';
import { judgeEnd, whatIsMissing } from './invariants/final-rule.ts';
import { createHistory } from './invariants/history-rule.ts';
import { recoveryRule } from './invariants/recovery-rule.ts';
import { responseRule } from './invariants/response-rule.ts';
import { createWireWatch } from './invariants/wire-watch.ts';
import { createLoop } from './kernel/loop.ts';
import { createPrng } from './kernel/prng.ts';
import { createWallClock } from './kernel/process.ts';
import { createKeyPair } from './kernel/signatures.ts';
import { createTrace } from './kernel/trace.ts';
import type { Mutation } from './mutations/mutation.ts';
import { createNetwork } from './network/network.ts';
import type { Act, Fault, Plan, Planned } from './plan/plan.ts';
import { createTrueCursors } from './truth/cursors.ts';
import { createGrants } from './truth/grants.ts';
import { createTrueLedger } from './truth/ledger.ts';
import { createTrueLogs } from './truth/logs.ts';
import { createVerdict, type Violation } from './truth/verdict.ts';

/** How a world ended. */
export interface WorldReport {
  readonly seed: string;
  readonly violation: Violation | undefined;
  /** Callbacks of virtual time that ran until the end, or until the violation. */
  readonly steps: number;
  /** Virtual milliseconds. */
  readonly elapsed: number;
  /** How long after the last fault everything was well again, in virtual milliseconds. */
  readonly convergedAfter: number | undefined;
  /** SHA-256 of everything that happened. */
  readonly digest: string;
  /** The newest lines of what happened. */
  readonly lines: readonly string[];
}

export interface WorldOptions {
  /** A deliberate bug. */
  readonly mutation?: Mutation;
  /** Lines of the trace that the report holds. @default 0 */
  readonly keepLines?: number;
}

/** After the last fault, everything has to be well within this much virtual time. */
const CONVERGENCE_MS = 120_000;
const LOOK_EVERY_MS = 500;
const ALL_REVISIONS = [2, 3, 4] as const;

/** Runs one world to its end, or to the first thing in it that must not be. */
export async function runWorld(plan: Plan, options: WorldOptions = {}): Promise<WorldReport> {
  const { mutation, keepLines = 0 } = options;
  const random = createPrng(plan.seed);
  const verdict = createVerdict();
  const loop = createLoop(() => {
    if (verdict.violation !== undefined) throw new Ended();
  });
  const now = () => loop.elapsed;
  const trace = createTrace(keepLines, now);
  const { say } = trace;

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
  const wheels = createWheels((token, times) => {
    say(`wheel: ${token} ${times}`);
  });

  const { limits } = plan.gateway;
  const rules = [
    deliveryRule({ verdict, logs, cursors, window: limits.event_window }),
    recoveryRule({ verdict, logs, cursors }),
    ackedRule({ verdict, logs, cursors }),
    responseRule({ verdict, ledger, contract: contractAt(ALL_REVISIONS), maxInFlight: limits.max_in_flight }),
    bytesRule({ verdict, highWaterBytes: limits.high_water_bytes, maxInFlight: limits.max_in_flight }),
  ];
  const wireWatch = createWireWatch(rules, grants, now);
  const clientWatch = createClientWatch({
    intents,
    historyOf: (host) => actorOf(host).history,
    watchedOf: wireWatch.find,
  });
  const network = createNetwork({
    loop,
    random: random.fork('network'),
    roadOf: (host) => actorOf(host).plan.road,
    observer: {
      fromClient(link, text) {
        say(`#${link.id} ${link.host} > ${text}`);
        clientWatch.fromClient(link, text);
      },
      atGateway(link, text) {
        say(`#${link.id} > gateway ${text.length}`);
        wireWatch.atGateway(link, text);
      },
      fromGateway(link, text) {
        say(`#${link.id} ${link.host} < ${text}`);
        if (link.copy && text.includes('"type":"connect.proof"') && text.includes('"ok":true')) {
          verdict.fail('audience', `a copy of the connection of ${link.host} was taken for it`);
        }
        wireWatch.fromGateway(link, text);
      },
      atClient(link, text) {
        say(`#${link.id} < client ${text.length}`);
        clientWatch.atClient(link, text);
      },
      closedByGateway(link, code, reason) {
        say(`#${link.id} ${link.host} closed by the gateway: ${code} ${reason}`);
        wireWatch.closedByGateway(link, code, reason);
      },
      closedByClient: (link, code, reason) => say(`#${link.id} ${link.host} closed by the client: ${code} ${reason}`),
      buffered: wireWatch.buffered,
    },
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
      loop.after(500, () => host.crash({ ...crashNext, silent: false, downMs: 300 }));
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
      const party = { name: actor.name, tenant: actor.tenant, deviceId, role: actor.role };
      wireWatch.accepted(link, party, token);
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
    onRestored: () =>
      effects.restored(
        plan.actors.map(({ tenant }) => tenant),
        logs,
      ),
  });

  const actors = new Map<string, Actor>();
  for (const actorPlan of plan.actors) {
    const { name, tenant, storage, listens } = actorPlan;
    const actorRandom = random.fork(name);
    const types = durableTypes.get(actorPlan.role) ?? [];
    actors.set(
      name,
      createActor({
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
      }),
    );
  }
  function actorOf(name: string): Actor {
    const actor = actors.get(name);
    if (actor === undefined) throw new RangeError(`there is no ${name} in this world`);
    return actor;
  }
  const deviceIdOf = (name: string) => actors.get(name)?.deviceId ?? 'dev_nobody';

  function happen(item: Planned): void {
    say(`planned: ${item.do} ${JSON.stringify(item)}`);
    if (isFault(item)) {
      inflictFault(item, {
        loop,
        network,
        disk,
        host,
        gatewayWall,
        office,
        backups,
        actorOf,
        crashNext(how) {
          crashNext = how;
        },
      });
      return;
    }
    const { program } = actorOf(item.who);
    if (program === undefined) return;
    void performAct({ act: item, program, intents, deviceIdOf, onRead: () => {} });
  }

  const state = {
    actors: [...actors.values()],
    wire: wireWatch,
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
  let convergedAfter: number | undefined;
  const complain = (error: unknown) => {
    verdict.fail(
      'no loose ends',
      `an unhandled rejection: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  };
  process.on('unhandledRejection', complain);
  try {
    host.start(plan.gateway.revisions);
    for (const actor of actors.values()) loop.after(random.int(300), actor.start);
    for (const item of plan.items) loop.after(item.at, () => happen(item));
    await loop.run(plan.until);
    say('from now on nothing goes wrong');
    disk.mend();
    const inCommon = (revisions: readonly number[]) => (actor: Actor) =>
      actor.revisions.some((each) => revisions.includes(each));
    const mended = { downMs: 100, revisions: ALL_REVISIONS };
    // A gateway of revision 2 alone cannot end what one of revision 3 has begun.
    const enough = (revisions: readonly number[]) => revisions.includes(3) && state.actors.every(inCommon(revisions));
    host.prefer(ALL_REVISIONS, enough, mended);
    while (convergedAfter === undefined && loop.elapsed < plan.until + CONVERGENCE_MS) {
      await loop.run(loop.elapsed + LOOK_EVERY_MS);
      if (whatIsMissing(state) === undefined) convergedAfter = loop.elapsed - plan.until;
    }
    if (convergedAfter === undefined) {
      verdict.fail('convergence', `${CONVERGENCE_MS / 1000} s after the last fault: ${whatIsMissing(state)}`);
    } else {
      await judgeEnd(state, loop);
    }
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  } finally {
    // What the last step left behind is heard of too.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', complain);
  }
  const { violation } = verdict;
  if (violation !== undefined) say(`violation: ${violation.invariant}: ${violation.message}`);
  return {
    seed: plan.seed,
    violation,
    steps: loop.steps,
    elapsed: loop.elapsed,
    convergedAfter,
    digest: trace.digest(),
    lines: trace.newest,
  };
}

/** Ends the loop of a world in which something was found. */
class Ended extends Error {}

const ACTS: ReadonlySet<string> = new Set<Act['do']>(['add', 'read', 'poke', 'report', 'submit', 'say', 'ask status']);

function isFault(item: Planned): item is { readonly at: number } & Fault {
  return !ACTS.has(item.do);
}

/** The durable events that a role may be sent at all. */
const durableTypes = new Map(
  (['client', 'node'] as const).map((role) => [
    role,
    contractAt(ALL_REVISIONS).definitions.flatMap((definition) =>
      definition.kind === 'event' &&
      definition.kept === 'durable' &&
      definition.until === undefined &&
      (definition.audience.roles as readonly string[]).includes(role)
        ? [definition.type as EventType<SimulatedContract>]
        : [],
    ),
  ]),
);
