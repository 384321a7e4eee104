import { type Client, createClient, generateIdentity } from '@tyrum/client-sdk';
import type { Approval, EventPayload, Tyrum, WorkflowRun } from '@tyrum/contracts';
import { createMemoryStore, generateGatewayKey, nodeSigner, type Store, type TurnRunner } from '@tyrum/gateway-core';
import { createServer } from '@tyrum/gateway-server';
import { afterEach, describe, expect, it } from 'vitest';
import { connectPeer } from './revision-two-peer.ts';
import type { Frame } from './revision-two-reader.ts';

const TOKEN = 'the-token-of-the-approval-suite';
const signer = nodeSigner(generateGatewayKey());
const tool = { toolId: 'shell', target: 'git push' };

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Asks before it answers, and says which attempt was allowed to. */
const askingRunner: TurnRunner = {
  async run(_turn, context) {
    await context.approve({ prompt: 'Push?', motivation: 'the tests are green', tool });
    await context.say(`pushed at attempt ${context.attempt}`);
  },
};

async function serve(store: Store) {
  const server = await createServer({
    store,
    signer,
    runner: askingRunner,
    policies: { pairing: () => 'approve' },
    http: { closeTimeoutMs: 100 },
  });
  endings.push(server.close);
  await server.gateway.tokens.ensureAdmin(TOKEN);
  const { url } = await server.listen();
  return { url, port: Number(new URL(url).port), close: server.close };
}

async function connectClient(url: string): Promise<Client> {
  const client = createClient({ url, token: TOKEN, identity: await generateIdentity() });
  endings.push(() => client.close());
  await client.connect();
  return client;
}

/** Resolves with the payload of the first event that fits, of those that come from now on. */
function next<Type extends 'approval.updated' | 'message.final' | 'workflow.updated'>(
  client: Client,
  type: Type,
  fits: (payload: EventPayload<Tyrum, Type>) => boolean,
): Promise<EventPayload<Tyrum, Type>> {
  return new Promise((resolve) => {
    const stop = client.on(type, ({ payload }) => {
      if (!fits(payload as EventPayload<Tyrum, Type>)) return;
      stop();
      resolve(payload as EventPayload<Tyrum, Type>);
    });
  });
}

const waits = ({ approval }: { approval: Pick<Approval, 'status'> }) => approval.status === 'awaiting_human';
const isAnswer = ({ role }: { role: string }) => role === 'assistant';
const waitingFrame = ({ type, payload }: Frame) => type === 'approval.updated' && waits(payload);

describe('an approval over sockets', () => {
  it('pauses a turn over a restart of the gateway, and is answered once for peers of both revisions [AP-1] [AP-3] [RQ-24]', async () => {
    const store = createMemoryStore();
    const first = await serve(store);
    const before = await connectClient(first.url);
    const opened = next(before, 'approval.updated', waits);
    const { conversation_id } = (await before.request('conversation.create', {})).conversation;
    const content = [{ type: 'text', text: 'push it' }];
    const { turn_id } = await before.request('conversation.send', { conversation_id, content });
    const { approval_id } = (await opened).approval;
    await first.close();

    const second = await serve(store);
    const client = await connectClient(second.url);
    const old = await connectPeer({ port: second.port, token: TOKEN });
    const [listed, ...others] = (await old.ask('approval.list', { status: 'awaiting_human' })).result.approvals;
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ approval_id, scope: { turn_id } });

    const answered = next(client, 'message.final', isAnswer);
    const { approval, created_overrides } = await client.request('approval.resolve', {
      approval_id,
      decision: 'approved',
      mode: 'always',
      overrides: [{ tool_id: 'shell', pattern: 'git *' }],
    });
    expect(approval.tool).toEqual({ tool_id: 'shell', target: 'git push' });
    expect((await answered).content).toBe('pushed at attempt 2');

    // Each is told in the words of its revision that it was answered otherwise.
    const contrary = { approval_id, decision: 'denied' } as const;
    await expect(client.request('approval.resolve', contrary)).rejects.toMatchObject({
      code: 'conflict',
      details: { approval },
    });
    const { tool: _tool, ...at2 } = approval;
    expect(await old.ask('approval.resolve', contrary)).toMatchObject({ ok: true, result: { approval: at2 } });

    // What was approved for good is asked nobody any more.
    const again = next(client, 'message.final', isAnswer);
    await client.request('conversation.send', { conversation_id, content });
    expect((await again).content).toBe('pushed at attempt 1');
    const created = await old.until(({ type }) => type === 'policy_override.created');
    expect(created.payload.override).toEqual(created_overrides?.[0]);
    const { approvals } = await client.request('approval.list', {});
    expect(approvals.map(({ status }) => status)).toEqual(['approved', 'approved']);
    old.socket.cut();
  });
});

describe('a workflow over sockets', () => {
  it('is started and approved by a peer of revision 2, done by a node, and read at revision 3 [WF-1] [WF-2]', async () => {
    const { url, port } = await serve(createMemoryStore());
    const done: unknown[] = [];
    const node = createClient({
      url,
      token: TOKEN,
      identity: await generateIdentity(),
      role: 'node',
      capabilities: [{ id: 'shell.run', version: '1.0.0' }],
    });
    endings.push(() => node.close());
    node.handle('task.execute', ({ action }) => {
      done.push(action.args?.name);
      return { result: { name: action.args?.name } };
    });
    await node.connect();
    const client = await connectClient(url);
    const old = await connectPeer({ port, token: TOKEN });
    const ended = next(client, 'workflow.updated', ({ workflow_run }) => workflow_run.finished_at !== null);
    const step = (name: string) => ({ type: 'CLI', args: { name }, capability: 'shell.run' });

    const started = await old.ask('workflow.start', {
      conversation_key: 'agent:default:main',
      steps: [step('build'), { type: 'Confirm', args: { prompt: 'Deploy?' } }, step('deploy')],
    });
    const { workflow_run_id } = started.result;
    const question = await old.until(waitingFrame);
    const doneBefore = [...done];
    const paused = (await client.request('workflow.get', { workflow_run_id })).workflow_run;
    await old.ask('approval.resolve', { approval_id: question.payload.approval.approval_id, decision: 'approved' });
    const { workflow_run } = await ended;

    expect(question.payload.approval).toMatchObject({ kind: 'workflow_step', prompt: 'Deploy?' });
    expect(doneBefore).toEqual(['build']);
    expect(statusesOf(paused)).toEqual(['paused', 'succeeded', 'paused', 'queued']);
    expect(done).toEqual(['build', 'deploy']);
    expect(statusesOf(workflow_run)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded']);
    expect((await old.ask('workflow.cancel', { workflow_run_id })).result).toEqual({
      workflow_run_id,
      cancelled: false,
    });
    old.socket.cut();
  });
});

function statusesOf({ status, steps }: WorkflowRun): readonly string[] {
  return [status, ...steps.map((step) => step.status)];
}
