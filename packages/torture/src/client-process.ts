/** A client in a process of its own: sends messages, applies events, reports both. */
import { join } from 'node:path';
import { ClientError, createClient } from '@tyrum/client-sdk';
import { createFileStorage, loadIdentity } from '@tyrum/client-sdk/node';
import { tyrum } from '@tyrum/contracts';
import { type Command, type PeerSetup, report } from './reports.ts';
import { createSeeded } from './seeded.ts';
import { TASK_COMMAND } from './verifier.ts';

/** Every so many messages one has the node work. */
const TASK_EVERY = 7;
/** Messages under way at a time, and turns that have not ended: a queue that is full refuses, and that proves nothing. */
const MOST_UNDER_WAY = 8;
const MOST_TURNS = 64;
/** Turns of one conversation run one by one, those of several side by side. */
const CONVERSATIONS = 4;

const setup: PeerSetup = JSON.parse(process.argv[2] ?? '{}');
const seeded = createSeeded(setup.seed);
let finishing = false;
process.on('message', (command: Command) => {
  finishing ||= command.kind === 'finish';
});
process.on('disconnect', () => process.exit(1));
// A Ctrl-C at the terminal reaches everyone there: it is for the one that tortures.
process.on('SIGINT', () => {});

const client = createClient({
  url: setup.url,
  token: setup.token,
  identity: await loadIdentity(join(setup.folder, `${setup.name}.key`)),
  storage: await createFileStorage(join(setup.folder, `${setup.name}.json`)),
  device: { label: setup.name },
  limits: { minReconnectMs: 100, maxReconnectMs: 1000 },
  onError: (error, where) => report({ kind: 'failed', error: `${where}: ${String(error)}` }),
});
client.onState((state) => {
  if (state.status === 'open') report({ kind: 'connected', outcome: state.recovery?.outcome ?? 'none' });
  if (state.status === 'stopped') report({ kind: 'failed', error: `stopped: ${state.reason.message}` });
});
client.onSnapshotRequired((reason) => report({ kind: 'snapshot', reason }));

/** Turns of this client that have not ended yet, and those that have: an end may be told before the acknowledgement. */
const turns = new Set<string>();
const ended = new Set<string>();
const durable = tyrum.definitions.filter((definition) => definition.kind === 'event' && definition.kept === 'durable');
for (const { type } of durable) {
  client.on(type as 'turn.completed', ({ eventId, payload }) => {
    const turnId = payload.turn_id;
    if (type === 'turn.completed') {
      turns.delete(turnId);
      ended.add(turnId);
    }
    report({ kind: 'applied', eventId, type, ...(turnId === undefined ? {} : { turnId }) });
  });
}

await client.connect();
const conversations: string[] = [];
for (let number = 1; number <= CONVERSATIONS; number += 1) {
  const { conversation } = await client.request('conversation.create', { title: `${setup.name}, ${number}` });
  conversations.push(conversation.conversation_id);
}
report({ kind: 'ready' });

const underWay = new Set<Promise<void>>();
for (let number = 1; !finishing; number += 1) {
  const sent = send(number).finally(() => underWay.delete(sent));
  underWay.add(sent);
  if (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay);
  do await new Promise((resolve) => setTimeout(resolve, seeded.between(0, 2 * setup.paceMs)));
  while (turns.size >= MOST_TURNS && !finishing);
}
await Promise.all(underWay);
report({ kind: 'finished' });

async function send(number: number): Promise<void> {
  const messageId = `${setup.name}-${number}`;
  const text = number % TASK_EVERY === 0 ? `${TASK_COMMAND} {"job":"${messageId}"}` : `message ${messageId}`;
  report({ kind: 'sending', messageId });
  try {
    const { turn_id } = await client.request('conversation.send', {
      conversation_id: conversations[number % CONVERSATIONS] as string,
      message_id: messageId,
      content: [{ type: 'text', text }],
    });
    if (!ended.has(turn_id)) turns.add(turn_id);
    report({ kind: 'acknowledged', messageId, turnId: turn_id });
  } catch (error) {
    // Nobody can tell: it may be there once, and may not be.
    if (ClientError.is(error) && error.code === 'outcome_unknown') report({ kind: 'unknown', messageId });
    else report({ kind: 'refused', messageId, error: String(error) });
  }
}
