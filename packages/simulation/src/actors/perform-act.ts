import type { Client } from '@tyrum/client-sdk';
import type { Intents } from '../applications/intents.ts';
import type { Job } from '../applications/node-work.ts';
import type { Errand } from '../applications/runner.ts';
import type { SimulatedContract } from '../contract/contracts.ts';
import type { Act } from '../plan/plan.ts';
import type { Program } from './program.ts';

export interface ActOptions {
  readonly act: Act;
  readonly program: Program;
  readonly intents: Intents;
  readonly deviceIdOf: (name: string) => string;
}

/** Has an application do what was planned. */
export async function performAct({ act, program, intents, deviceIdOf }: ActOptions): Promise<void> {
  const { client, process } = program;
  const { who } = act;
  switch (act.do) {
    case 'add': {
      const { token, counter, by, manner, asides, padding, key, patienceMs, abortAfterMs } = act;
      const controller = new AbortController();
      if (abortAfterMs !== undefined) process.after(abortAfterMs, () => controller.abort(new Error('the user left')));
      const [node] = asides.includes('note') ? ['node-1'] : [];
      const payload = {
        counter,
        by,
        token,
        manner,
        asides: [...asides],
        padding: 'x'.repeat(padding),
        ...(node === undefined ? {} : { node_id: deviceIdOf(node) }),
      };
      const options = {
        ...(key === undefined ? {} : { idempotencyKey: key }),
        ...(patienceMs === undefined ? {} : { timeoutMs: patienceMs }),
        ...(abortAfterMs === undefined ? {} : { signal: controller.signal }),
      };
      const about = { token, type: 'counter.add', who, ...(key === undefined ? {} : { key }) };
      await intents.follow(about, client.request('counter.add', payload, options));
      return;
    }
    case 'report': {
      const { token, counter, by } = act;
      await intents.follow(
        { token, type: 'machine.report', who },
        client.request('machine.report', { token, counter, by }),
      );
      return;
    }
    case 'poke': {
      const { token, node, key } = act;
      const options = { timeoutMs: 60_000, ...(key === undefined ? {} : { idempotencyKey: key }) };
      const asked = client.request('machine.poke', { node_id: deviceIdOf(node), token }, options);
      await intents.follow({ token, type: 'machine.poke', who }, asked);
      return;
    }
    case 'read': {
      await intents.follow({ token: '', type: 'counter.read', who }, client.exchange('counter.read', {}));
      return;
    }
    case 'submit':
      return submit(act, client, program, intents, deviceIdOf);
    case 'say':
      return say(act, client, program, intents, deviceIdOf);
    case 'ask status': {
      const about = intents.calls.findLast((call) => call.who === who && call.type === 'counter.add');
      const payload = { type: 'counter.add', request_id: intents.sentAs(who, about?.token ?? '') ?? 'never' };
      await intents.follow({ token: '', type: 'request.status', who }, client.request('request.status', payload));
    }
  }
}

async function submit(
  { who, token, node, manner, deadlineMs, cancelAfterMs }: Extract<Act, { do: 'submit' }>,
  client: Client<SimulatedContract>,
  program: Program,
  intents: Intents,
  deviceIdOf: (name: string) => string,
): Promise<void> {
  const job: Job = { token, manner };
  const payload = {
    action: { type: 'CLI' as const, args: { ...job } },
    node_id: deviceIdOf(node),
    capability: 'wheel.turn',
    ...(deadlineMs === undefined ? {} : { deadline_ms: deadlineMs }),
  };
  const submitted = await intents.follow({ token, type: 'task.submit', who }, client.request('task.submit', payload));
  if (submitted === undefined || cancelAfterMs === undefined) return;
  await program.process.sleep(cancelAfterMs);
  const cancelled = client.request('task.cancel', { task_id: submitted.task.task_id });
  await intents.follow({ token: '', type: 'task.cancel', who }, cancelled);
}

async function say(
  { who, token, manner, node, cancelAfterMs }: Extract<Act, { do: 'say' }>,
  client: Client<SimulatedContract>,
  program: Program,
  intents: Intents,
  deviceIdOf: (name: string) => string,
): Promise<void> {
  const made = await intents.follow(
    { token: '', type: 'conversation.create', who },
    client.request('conversation.create', {}, { idempotencyKey: `the conversation of ${who}` }),
  );
  if (made === undefined) return;
  const errand: Errand = { token, manner, ...(node === undefined ? {} : { nodeId: deviceIdOf(node) }) };
  const payload = {
    conversation_id: made.conversation.conversation_id,
    message_id: `message-${token}`,
    content: [{ type: 'text', text: JSON.stringify(errand) }],
  };
  const sent = await intents.follow(
    { token, type: 'conversation.send', who },
    client.request('conversation.send', payload),
  );
  if (sent === undefined || cancelAfterMs === undefined) return;
  await program.process.sleep(cancelAfterMs);
  const cancelled = client.request('turn.cancel', { turn_id: sent.turn_id });
  await intents.follow({ token: '', type: 'turn.cancel', who }, cancelled);
}
