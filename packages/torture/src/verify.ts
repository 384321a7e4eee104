import type { StoredEvent } from '@tyrum/gateway-core';
import { createSqliteStore } from '@tyrum/store-sqlite';
import type { History } from './history.ts';

/** The tenant of the admin token. */
const TENANT = 'default';
const PAGE = 1000;

/**
 * Holds what the peers saw against what the database holds, after everything has come to rest. Every string that it answers
 * is one broken promise.
 */
export async function verify(database: string, history: History): Promise<readonly string[]> {
  const log = await readLog(database);
  return [
    ...effects(log, history),
    ...turns(log, history),
    ...jobs(history),
    ...[...history.applied].flatMap(([client, applied]) => events(client, applied, log)),
    ...history.snapshots.map((snapshot) => `a snapshot was asked for although nothing was trimmed: ${snapshot}`),
    ...history.failures,
  ];
}

/** Every acknowledged message is there, and every message once. */
function effects(log: readonly StoredEvent[], history: History): readonly string[] {
  const kept = countEach(
    log
      .filter((event) => event.type === 'message.final')
      .map((event) => JSON.parse(event.payload) as { role: string; message_id: string })
      .filter(({ role }) => role === 'user')
      .map(({ message_id }) => message_id),
  );
  return [
    ...[...history.acknowledged.keys()]
      .filter((id) => !kept.has(id))
      .map((id) => `an acknowledged message is lost: ${id}`),
    ...[...kept].filter(([, count]) => count > 1).map(([id, count]) => `a message happened ${count} times: ${id}`),
    ...[...history.refused]
      .filter(([id]) => kept.has(id))
      .map(([id, error]) => `a message was refused and happened all the same: ${id}, ${error}`),
    ...[...kept.keys()].filter((id) => !history.sent.has(id)).map((id) => `a message that nobody sent: ${id}`),
  ];
}

/** Every acknowledged turn was queued, started and completed, once each. */
function turns(log: readonly StoredEvent[], history: History): readonly string[] {
  const steps = countEach(
    log
      .filter((event) => event.type.startsWith('turn.'))
      .map((event) => `${event.type} ${JSON.parse(event.payload).turn_id}`),
  );
  return [...history.acknowledged.values()].flatMap((turn) =>
    ['turn.queued', 'turn.started', 'turn.completed']
      .filter((step) => steps.get(`${step} ${turn}`) !== 1)
      .map((step) => `${step} came ${steps.get(`${step} ${turn}`) ?? 0} times for turn ${turn}`),
  );
}

function jobs(history: History): readonly string[] {
  return [...history.performed]
    .filter(([, count]) => count !== 1)
    .map(([job, count]) => `a node did ${job} ${count} times`);
}

/** A client applied everything from its first event to the end of the log: in order, nothing missing, nothing twice. */
function events(client: string, applied: readonly string[], log: readonly StoredEvent[]): readonly string[] {
  const begin = log.findIndex((event) => event.eventId === applied[0]);
  if (begin < 0) return [`${client} applied an event that the log does not have: ${applied[0]}`];
  const expected = log.slice(begin);
  const different = Math.max(expected.length, applied.length);
  for (let at = 0; at < different; at += 1) {
    const event = expected[at];
    if (event?.eventId !== applied[at]) {
      const found = log.find((other) => other.eventId === applied[at]);
      return [
        `${client}: event ${at} of ${expected.length} should be ${event?.type} at ${event?.position}, and is ${found?.type} at ${found?.position}`,
      ];
    }
  }
  return [];
}

async function readLog(path: string): Promise<readonly StoredEvent[]> {
  const store = await createSqliteStore({ path });
  try {
    const log: StoredEvent[] = [];
    for (;;) {
      const page = await store.log.read(TENANT, log.at(-1)?.position ?? 0, PAGE);
      if (page.length === 0) return log;
      log.push(...page);
    }
  } finally {
    await store.close();
  }
}

function countEach(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
