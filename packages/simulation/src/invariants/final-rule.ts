import { createMemoryStore } from '@tyrum/gateway-core';
import type { Actor } from '../actors/actor.ts';
import type { Backups } from '../actors/backups.ts';
import type { GatewayHost } from '../actors/gateway-host.ts';
import { COUNTERS, EFFECTS } from '../applications/gateway-handlers.ts';
import type { Call, Intents } from '../applications/intents.ts';
import type { Wheels } from '../applications/wheels.ts';
import type { Disk } from '../disk/disk.ts';
import type { Loop } from '../kernel/loop.ts';
import type { Plan } from '../plan/plan.ts';
import { countersOf } from '../truth/counters.ts';
import type { TrueLedger } from '../truth/ledger.ts';
import type { TrueLogs } from '../truth/logs.ts';
import type { Verdict } from '../truth/verdict.ts';
import type { Effects } from './effect-rule.ts';
import type { WireWatch } from './wire-watch.ts';

/** What is looked at when a world comes to rest. */
export interface Settled {
  readonly actors: readonly Actor[];
  readonly wire: Pick<WireWatch, 'unanswered'>;
  readonly host: GatewayHost;
  readonly intents: Intents;
  readonly logs: TrueLogs;
  readonly ledger: TrueLedger;
  readonly effects: Effects;
  readonly wheels: Wheels;
  readonly disk: Disk;
  readonly backups: Backups;
  readonly verdict: Verdict;
  readonly plan: Plan;
  /** Whether the disk ever kept something and said that it had not. */
  readonly answersLost: () => boolean;
}

/** What is still under way, for people; `undefined` when the world is at rest. */
export function whatIsMissing(world: Settled): string | undefined {
  const { actors, wire, host, intents, logs, ledger, plan } = world;
  if (host.running === undefined) return 'the gateway is down';
  for (const { plan: actor, program, history } of actors) {
    if (program === undefined) return `${actor.name} is down`;
    const { status } = program.client.state;
    if (status !== 'open') return `${actor.name} is ${status}`;
    const missing = actor.listens === 'follow' ? undefined : history.missing();
    if (missing !== undefined) return `${actor.name} has not applied ${missing}`;
    const different = differenceOf(world, program.mirror?.shown, actor.tenant);
    if (program.mirror !== undefined && different !== undefined) return `${actor.name} shows ${different}`;
  }
  const unanswered = wire.unanswered();
  if (unanswered !== undefined) return `${unanswered} was not answered`;
  const waiting = intents.calls.find((call) => call.ending === undefined && !call.orphaned);
  if (waiting !== undefined) return `${waiting.who} still waits for ${waiting.type} ${waiting.token}`;
  const forgotten = intents.calls.find((call) => isOwed(call, world));
  if (forgotten !== undefined) return `${forgotten.who} was never told how ${forgotten.type} ${forgotten.token} ended`;
  const left = ledger.leftBehind();
  if (left !== undefined) return `the ledger says that ${left} still runs, whose process is dead`;
  for (const tenant of new Set(plan.actors.map((actor) => actor.tenant))) {
    const unfinished = unfinishedWork(logs, tenant);
    if (unfinished !== undefined) return unfinished;
  }
  return undefined;
}

/** A kept request whose caller is gone: a later run has to be told of it. */
function isOwed(call: Call, { intents, actors }: Settled): boolean {
  const actor = actors.find(({ plan }) => plan.name === call.who);
  if (actor?.plan.storage !== true || call.token === '') return false;
  if (intents.sentAs(call.who, call.token) === undefined) return false;
  const orphan = call.orphaned && call.ending === undefined && ONCE.has(call.type);
  if (!orphan && !call.kept) return false;
  return (
    !intents.calls.some((other) => other.token === call.token && other.ending !== undefined && !other.kept) &&
    intents.laterEndingsOf(call.token).length === 0
  );
}

const ONCE: ReadonlySet<string> = new Set(['counter.add', 'machine.report', 'task.submit', 'conversation.send']);

function differenceOf(
  { logs }: Settled,
  shown: ReadonlyMap<string, number> | undefined,
  tenant: string,
): string | undefined {
  const truth = countersOf(logs.of(tenant));
  if (shown === undefined) return 'nothing yet';
  for (const [counter, value] of truth) {
    if (shown.get(counter) !== value) return `${counter} ${shown.get(counter)}, and it is ${value}`;
  }
  return undefined;
}

/** A task or a turn that has begun and not ended, by what the log says. */
function unfinishedWork(logs: TrueLogs, tenant: string): string | undefined {
  const log = logs.of(tenant);
  const open = new Map<string, string>();
  for (let position = 1; position <= log.head; position += 1) {
    const event = log.at(position);
    if (event?.type === 'task.updated') {
      const { task } = JSON.parse(event.payload) as {
        readonly task: { readonly task_id: string; readonly status: string };
      };
      if (task.status === 'queued' || task.status === 'dispatched') open.set(task.task_id, `task ${task.status}`);
      else open.delete(task.task_id);
    } else if (event?.type === 'turn.queued') {
      const { turn_id } = JSON.parse(event.payload) as { readonly turn_id: string };
      open.set(turn_id, 'turn');
    } else if (event !== undefined && /^turn\.(completed|failed|cancelled)$/.test(event.type)) {
      open.delete((JSON.parse(event.payload) as { readonly turn_id: string }).turn_id);
    }
  }
  const [first] = open;
  return first === undefined ? undefined : `${first[1]} ${first[0]} has not ended`;
}

/** Judges a world that is at rest. */
export async function judgeEnd(world: Settled, loop: Loop): Promise<void> {
  judgeEndings(world);
  judgeKeys(world);
  judgeWheels(world);
  await judgeDocuments(world, loop);
}

/** Whether what callers were told is what happened. */
function judgeEndings({ intents, effects, backups, answersLost, verdict }: Settled): void {
  for (const { token, type, madeAt, ending } of intents.calls) {
    if (type !== 'counter.add' && type !== 'machine.report') continue;
    const endings = intents.endingsOf(token);
    const times = effects.timesFor(token);
    const everRestored = backups.restoredAt !== Number.NEGATIVE_INFINITY;
    const done = ending === 'done' || (!everRestored && intents.laterEndingsOf(token).includes('done'));
    // What an older copy of the disk does not have was acknowledged, and is gone: that is what a backup is.
    if (done && times === 0 && backups.restoredAt < madeAt) {
      verdict.fail('one effect', `${type} ${token} was answered ok, and it never happened`);
    }
    if (endings.every((ending) => ending === 'refused') && times > 0 && !answersLost()) {
      const said = intents.calls.find((call) => call.token === token)?.said;
      verdict.fail('one ending', `${type} ${token} was refused with ${said}, and it happened`);
    }
  }
}

/** Under one key one intention had its effect, whatever else was asked under it. */
function judgeKeys({ intents, effects, verdict }: Settled): void {
  const happened = new Map<string, string>();
  for (const { who, key, token } of intents.calls) {
    if (key === undefined || effects.timesFor(token) === 0) continue;
    const other = happened.get(`${who} ${key}`) ?? token;
    if (other !== token)
      verdict.fail('one effect', `under the key ${key} of ${who} both ${other} and ${token} happened`);
    happened.set(`${who} ${key}`, token);
  }
}

function judgeWheels({ intents, wheels, backups, verdict }: Settled): void {
  for (const [dispatch, times] of wheels.byDispatch) {
    if (times > 1) verdict.fail('one effect', `the dispatch ${dispatch} was carried out ${times} times`);
  }
  for (const { token, type } of intents.calls) {
    // An older copy of the disk may not have the task, so that it is given again.
    if (wheels.timesFor(token) > 1 && backups.restoredAt === Number.NEGATIVE_INFINITY) {
      verdict.fail('one effect', `${type} ${token} had the wheel turned ${wheels.timesFor(token)} times`);
    }
    if (type !== 'machine.poke' || !intents.endingsOf(token).includes('done')) continue;
    if (wheels.timesFor(token) === 0)
      verdict.fail('one effect', `${type} ${token} was answered ok, and it never happened`);
  }
}

/** Whether documents and log tell the same story, read through the port by a program of its own. */
async function judgeDocuments({ disk, plan, logs, verdict, effects }: Settled, loop: Loop): Promise<void> {
  const from = disk.synced;
  if (from === undefined) return;
  const store = createMemoryStore({ from, schedule: (callback) => void loop.after(0, callback) });
  for (const tenant of new Set(plan.actors.map((actor) => actor.tenant))) {
    const read = store.transact(async (tx) => ({
      counters: (await tx.documents.list(tenant, COUNTERS, { index: 'name', limit: 1_000 })).items,
      done: (await tx.documents.list(tenant, EFFECTS, { index: 'token', limit: 1_000 })).items,
    }));
    await loop.run(loop.elapsed + 1);
    const { counters, done } = await read;
    const truth = countersOf(logs.of(tenant));
    for (const { value } of counters) {
      if (truth.get(value.counter) !== value.value) {
        verdict.fail(
          'one effect',
          `${value.counter} is ${value.value}, and the events add up to ${truth.get(value.counter)}`,
        );
      }
    }
    for (const { value } of done) {
      if (value.times !== 1) verdict.fail('one effect', `what ${value.token} asked for happened ${value.times} times`);
      if (effects.timesFor(value.token) !== 1)
        verdict.fail('one effect', `what ${value.token} asked for happened without its event`);
    }
  }
}
