import type { StoredEvent } from '@tyrum/gateway-core';
import type { Tally } from './tally.ts';

/** Holds what the peers saw against what the log holds. Every string that it answers is one broken promise. */
export interface Verifier {
  /** Where the log is to be read on. */
  readonly position: number;
  /** Takes what the log has beyond `position` while nothing writes to it, and judges what the peers have reported so far. */
  read(events: readonly StoredEvent[]): void;
  /** What is broken, whatever comes yet. */
  readonly broken: readonly string[];
  /** What is broken now that everything has come to rest. */
  unfinished(): readonly string[];
}

/** Messages that have a node work say so in their text. */
export const TASK_COMMAND = '/task torture.work';
const TURN_STEPS = ['turn.queued', 'turn.started', 'turn.completed'] as const;

export function createVerifier(tally: Tally): Verifier {
  const log: Pick<StoredEvent, 'eventId' | 'type' | 'position'>[] = [];
  const places = new Map<string, number>();
  /** How often each message, and each step of a turn, is in the log. */
  const messages = new Map<string, number>();
  const steps = new Map<string, number>();
  const jobs = new Set<string>();
  /** Where each client's first event stands, and its first message. */
  const begins = new Map<string, number>();
  const firstMessages = new Map<string, number>();
  /** How many of the events that a client applied have been judged. */
  const judged = new Map<string, number>();
  const found: string[] = [];
  let judgement: readonly string[] = [];

  function take({ eventId, type, position, payload }: StoredEvent): void {
    const place = log.push({ eventId, type, position }) - 1;
    places.set(eventId, place);
    if (type.startsWith('turn.')) increment(steps, `${type} ${JSON.parse(payload).turn_id}`);
    if (type !== 'message.final') return;
    const message = JSON.parse(payload) as { role: string; message_id: string; content: unknown };
    if (message.role !== 'user') return;
    const id = message.message_id;
    if (increment(messages, id) > 1) found.push(`a message happened ${messages.get(id)} times: ${id}`);
    if (JSON.stringify(message.content).includes(TASK_COMMAND)) jobs.add(id);
    const sender = tally.sent.get(id);
    if (sender === undefined) found.push(`a message that nobody sent: ${id}`);
    else if (!firstMessages.has(sender)) firstMessages.set(sender, place);
  }

  /** A client applies everything from its first event on: in order, nothing missing, nothing twice. */
  function follow(client: string, applied: readonly string[]): string[] {
    const [first = ''] = applied;
    const begin = begins.get(client) ?? places.get(first);
    if (begin === undefined) return [`${client} applied an event that the log does not have: ${first}`];
    begins.set(client, begin);
    for (let at = judged.get(client) ?? 0; at < applied.length; at += 1) {
      const id = applied[at] as string;
      const due = log[begin + at];
      if (due?.eventId !== id) {
        const is = log[places.get(id) ?? -1];
        const [wanted, got] = [due, is].map((event) =>
          event === undefined ? 'nothing' : `${event.type} at ${event.position}`,
        );
        return [`${client}: event ${at} should be ${wanted}, and is ${got}`];
      }
      judged.set(client, at + 1);
    }
    return [];
  }

  function missed([client, applied]: [string, readonly string[]]): string[] {
    const begin = begins.get(client) ?? 0;
    const left = log.length - begin - applied.length;
    return [
      ...(left > 0 ? [`${client} missed the last ${left} events`] : []),
      ...(begin > (firstMessages.get(client) ?? begin) ? [`${client} missed events before its first one`] : []),
    ];
  }

  function judge(): string[] {
    return [
      ...[...tally.acknowledged.keys()]
        .filter((id) => !messages.has(id))
        .map((id) => `an acknowledged message is lost: ${id}`),
      ...[...tally.refused]
        .filter(([id]) => messages.has(id))
        .map(([id, error]) => `a message was refused and happened all the same: ${id}, ${error}`),
      ...[...steps]
        .filter(([step, times]) => times > 1 && isOnce(step))
        .map(([step, times]) => `${step}: ${times} times`),
      ...[...tally.applied].flatMap(([client, applied]) => follow(client, applied)),
    ];
  }

  return {
    get position() {
      return log.at(-1)?.position ?? 0;
    },
    read(events) {
      events.forEach(take);
      judgement = judge();
    },
    get broken() {
      return [...tally.broken, ...found, ...judgement];
    },
    unfinished: () => [
      ...[...tally.acknowledged.values()].flatMap((turn) =>
        TURN_STEPS.filter((step) => !steps.has(`${step} ${turn}`)).map((step) => `${step} never came for turn ${turn}`),
      ),
      ...[...jobs].filter((job) => !tally.performed.has(job)).map((job) => `no node did ${job}`),
      ...[...tally.applied].flatMap(missed),
    ],
  };
}

function isOnce(step: string): boolean {
  return TURN_STEPS.some((name) => step.startsWith(`${name} `));
}

function increment(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
