/**
 * The whole of it in one program: a gateway in its own process, a client, a node, a conversation, a task, and a power cut in
 * the middle. At the end the program counts what happened and says whether anything was lost or happened twice.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, type ClientEvent, createClient } from '@tyrum/client-sdk';
import { createFileJournal, createFileStorage, loadIdentity } from '@tyrum/client-sdk/node';
import type { Tyrum } from '@tyrum/contracts';
import { type GatewayProcess, startGateway } from './gateway-process.ts';
import { countEach, createClaims, tell, within } from './story.ts';

const PATIENCE_MS = 30_000;

const folder = await mkdtemp(join(tmpdir(), 'tyrum-quickstart-'));
const data = join(folder, 'gateway');
const token = randomBytes(32).toString('base64url');
let gateway: GatewayProcess | undefined;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  process.exitCode = (await story()) ? 0 : 1;
} catch (error) {
  console.error('the story broke off:', error);
  process.exitCode = 1;
} finally {
  await gateway?.stop();
  await rm(folder, { recursive: true, force: true });
}

async function story(): Promise<boolean> {
  gateway = await startGateway({ data, token });
  const { url } = gateway;
  tell(`a gateway runs as process ${gateway.pid} on ${url}; its data is one SQLite file`);

  // A client: its own key proves the device, the token says what it may do.
  await using client = createClient({
    url,
    token,
    identity: await loadIdentity(join(folder, 'client.key')),
    storage: await createFileStorage(join(folder, 'client.json')),
    device: { label: 'my laptop' },
  });
  const heard = listen(client);
  const { revision, gateway: proven, durability } = await within(PATIENCE_MS, 'connect', client.connect());
  tell(
    `the client is connected at revision ${revision}; ${short(proven?.id)} proved itself, effects are kept on ${durability}`,
  );

  // A node: it may do nothing until somebody approves its pairing. Its journal survives its own crashes, too.
  const asked = new Promise<ClientEvent<Tyrum, 'pairing.updated'>>((resolve) => {
    client.on('pairing.updated', (event) => event.payload.pairing.status === 'awaiting_human' && resolve(event));
  });
  let ownToken: (() => void) | undefined;
  const gotToken = new Promise<void>((resolve) => {
    ownToken = resolve;
  });
  await using node = createClient({
    url,
    token,
    role: 'node',
    identity: await loadIdentity(join(folder, 'node.key')),
    storage: await createFileStorage(join(folder, 'node.json')),
    journal: await createFileJournal(join(folder, 'node.journal')),
    capabilities: [{ id: 'demo.double' }],
    device: { label: 'the garage' },
    onToken: () => ownToken?.(),
  });
  const performed: number[] = [];
  node.handle('task.execute', async ({ action }) => {
    const { n, ms } = action.args as { n: number; ms?: number };
    performed.push(n);
    await new Promise((resolve) => setTimeout(resolve, ms ?? 0));
    return { result: { doubled: 2 * n } };
  });
  await within(PATIENCE_MS, 'the node', node.connect());
  const { pairing } = (await within(PATIENCE_MS, 'the pairing', asked)).payload;
  tell(`a node connected and asks to be paired: "${pairing.node.label}", pairing ${pairing.pairing_id}`);
  await client.request('pairing.approve', {
    pairing_id: pairing.pairing_id,
    trust_level: 'local',
    capability_allowlist: [{ id: 'demo.double' }],
  });
  await within(PATIENCE_MS, 'the token of the node', gotToken);
  tell('the client approved it; the node has a token of its own, bound to its key');

  const { conversation } = await client.request('conversation.create', { title: 'quickstart' });
  const { conversation_id } = conversation;
  const say = (text: string) =>
    client.request('conversation.send', { conversation_id, content: [{ type: 'text', text }] });

  const first = await say('hello, this is the first message');
  await within(PATIENCE_MS, 'the first turn', heard.ended(first.turn_id));
  tell(`the first turn: ${heard.story(first.turn_id)}, said "${heard.answers.at(-1)}"`);

  const second = await say('/task demo.double {"n":21}');
  await within(PATIENCE_MS, 'the second turn', heard.ended(second.turn_id));
  tell(`the second turn had the node work: ${heard.answers.at(-1)}`);

  // Now the power cut: a task runs on the node, one more request is under way, and the gateway dies.
  const third = await say('/task demo.double {"n":50,"ms":1500}');
  await within(
    PATIENCE_MS,
    'the task on the node',
    until(() => performed.includes(50)),
  );
  tell('a third turn runs a slow task on the node …');
  const underway = say('I was sent as the gateway died');
  await gateway.kill();
  tell('… and the gateway process is killed with SIGKILL');
  await within(
    PATIENCE_MS,
    'the task on the node',
    until(() => client.state.status === 'waiting'),
  );
  tell('the node works on; both peers try to come back');

  gateway = await startGateway({ data, token, port: Number(new URL(url).port) });
  tell(`a new gateway process, ${gateway.pid}, runs on the same file`);
  const fourth = await within(PATIENCE_MS, 'the request that was under way', underway);
  tell('the request that was under way has its answer');
  await within(PATIENCE_MS, 'the third turn', heard.ended(third.turn_id));
  await within(PATIENCE_MS, 'the fourth turn', heard.ended(fourth.turn_id));
  tell(`the third turn went on where it was: ${heard.story(third.turn_id)}`);
  tell(`the fourth turn: ${heard.story(fourth.turn_id)}`);

  // What the story claims, counted.
  const { conversation: after } = await client.request('conversation.get', { conversation_id });
  const users = after.messages.filter((message) => message.role === 'user').length;
  const assistants = after.messages.filter((message) => message.role === 'assistant').length;
  const claims = createClaims();
  tell('what happened, counted:');
  claims.check('four messages were sent and the conversation has four, each once', users === 4, users);
  claims.check('four turns answered, each once', assistants === 4, assistants);
  claims.check('the node did each task once, across the crash', performed.join() === '21,50', performed);
  const repeated = [...countEach(heard.eventIds)].filter(([, count]) => count > 1);
  claims.check(`${heard.eventIds.length} durable events came, none of them twice`, repeated.length === 0, repeated);
  const wrong = [...heard.turns.entries()].filter(([, steps]) => !isWhole(steps));
  claims.check('no turn lacks an event: each was queued, started and completed, once', wrong.length === 0, wrong);
  claims.check('nothing was missed: no snapshot was asked for', heard.snapshots === 0, heard.snapshots);
  return claims.failed === 0;
}

/** Writes down every durable event that the client is given. */
function listen(client: Client) {
  const turns = new Map<string, string[]>();
  const ends = new Map<string, () => void>();
  const log = { eventIds: [] as string[], answers: [] as string[], turns, snapshots: 0, story, ended };

  function story(turnId: string): string {
    return (turns.get(turnId) ?? []).join(' → ');
  }

  function ended(turnId: string): Promise<void> {
    if (turns.get(turnId)?.some(isEnd)) return Promise.resolve();
    return new Promise((resolve) => ends.set(turnId, resolve));
  }

  client.onSnapshotRequired(() => {
    log.snapshots += 1;
  });
  client.on('message.delta', ({ payload }) => {
    const steps = turns.get(payload.turn_id ?? '');
    if (steps !== undefined && steps.at(-1) !== 'streaming') steps.push('streaming');
  });
  client.on('message.final', ({ eventId, payload }) => {
    log.eventIds.push(eventId);
    if (payload.role === 'assistant') log.answers.push(payload.content);
  });
  for (const step of ['queued', 'started', 'resumed', 'completed', 'failed', 'cancelled'] as const) {
    client.on(`turn.${step}`, ({ eventId, payload }) => {
      log.eventIds.push(eventId);
      turns.set(payload.turn_id, [...(turns.get(payload.turn_id) ?? []), step]);
      if (isEnd(step)) ends.get(payload.turn_id)?.();
    });
  }
  return log;
}

function isEnd(step: string): boolean {
  return step === 'completed' || step === 'failed' || step === 'cancelled';
}

function isWhole(steps: readonly string[]): boolean {
  const counts = countEach(steps);
  return ['queued', 'started', 'completed'].every((step) => counts.get(step) === 1) && !counts.has('failed');
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function short(id: string | undefined): string {
  return `${id?.slice(0, 11)}…`;
}
