import { ProtocolError, tyrum } from '@tyrum/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../engine/gateway.ts';
import type { Gateway } from '../../engine/gateway-options.ts';
import type { MemorySnapshot } from '../../store/memory-store.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createDevice, createGatewaySigner, inlineCrypto, type TestDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createProbeTokens } from '../../testing/probe-domain.ts';
import { createProbeStore } from '../../testing/probe-world.ts';
import { createRawPeer, type RawPeer } from '../../testing/raw-peer.ts';
import { createSeededRandom } from '../../testing/seeded-random.ts';
import { createWireCheck } from '../../testing/wire-check.ts';
import { createStagedRunner } from '../test-support/staged-runner.ts';

const STREAM = 'chat.ui-message.stream';

const running: (() => Promise<void>)[] = [];
const violations: string[] = [];

afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
  expect(violations.splice(0)).toEqual([]);
});

/** A whole gateway on a memory store, with a runner that a test plays and peers that write frames by hand. */
async function createOffice(from?: MemorySnapshot) {
  const clock = createManualClock();
  const store = createProbeStore(from === undefined ? {} : { from });
  const runner = createStagedRunner();
  const tokens = createProbeTokens();
  const judge = createWireCheck(tyrum);
  const gateway: Gateway = await createGateway({
    store,
    runner,
    clock,
    signer: createGatewaySigner().signer,
    crypto: inlineCrypto(),
    random: createSeededRandom(from === undefined ? 1 : 2),
    authenticator: tokens,
  });
  running.push(async () => {
    const closed = gateway.close();
    await rest();
    clock.advance(60_000);
    await closed;
  });

  return {
    runner,
    store,
    async join(revision: 2 | 3, device: TestDevice = createDevice(), tenant = 'acme'): Promise<RawPeer> {
      const peer = createRawPeer({
        accept: (channel) => gateway.accept(channel, { token: tokens.issue({ tenant }) }),
        contractHash: tyrum.hashes[3] ?? '',
        device,
        onText(text) {
          const problem = judge(text, revision);
          if (problem !== undefined) violations.push(problem);
        },
      });
      peer.introduce({ revision });
      await settle();
      peer.prove();
      await rest();
      if (!peer.connection.open) throw new Error(`not connected: ${peer.closeCode} ${peer.closeReason}`);
      return peer;
    },
  };
}

async function rest(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await settle();
}

async function ask(
  peer: RawPeer,
  type: string,
  payload: unknown,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const requestId = peer.ask(type, payload, more);
  await rest();
  const response = peer.responses(requestId).at(-1);
  if (response?.result === undefined) throw new Error(`${type} was refused: ${JSON.stringify(response)}`);
  return response.result;
}

/** Says something at revision 2, and resolves with the stream that its answer has. */
async function sendAt2(peer: RawPeer): Promise<unknown> {
  const { conversation } = await ask(peer, 'conversation.create', {});
  const { conversation_id } = conversation as { conversation_id: string };
  const messages = [{ id: 'msg_1', role: 'user', parts: [{ type: 'text', text: 'hello' }] }];
  const result = await ask(peer, 'conversation.send', { conversation_id, trigger: 'submit-message', messages });
  return result.stream_id;
}

describe('an answer at revision 2', () => {
  it('is streamed to its sender alone, under the id of the turn; everyone gets the events [EV-9] [RV-16]', async () => {
    const { runner, join } = await createOffice();
    const sender = await join(2);
    const other = await join(2);
    const newer = await join(3);
    const stranger = await join(2, createDevice(), 'globex');

    const streamId = await sendAt2(sender);
    const { turn, context } = runner.last;
    context.reasoningDelta('because', 'why');
    await context.reasoning('because I can', 'why');
    context.delta('hi ', 'answer');
    context.delta('there', 'answer');
    const { id } = await context.say('hi there', 'answer');
    const { id: bye } = await context.say('bye');
    runner.last.succeed();
    await rest();

    expect(streamId).toBe(turn.turn_id);
    const why = newer.events('reasoning.final')[0]?.payload?.reasoning_id;
    expect(sender.events(STREAM).map(({ payload }) => payload?.chunk ?? payload)).toEqual([
      { type: 'start' },
      { type: 'reasoning-start', id: why },
      { type: 'reasoning-delta', id: why, delta: 'because' },
      { type: 'reasoning-delta', id: why, delta: ' I can' },
      { type: 'reasoning-end', id: why },
      { type: 'text-start', id },
      { type: 'text-delta', id, delta: 'hi ' },
      { type: 'text-delta', id, delta: 'there' },
      { type: 'text-end', id },
      { type: 'text-start', id: bye },
      { type: 'text-delta', id: bye, delta: 'bye' },
      { type: 'text-end', id: bye },
      { type: 'finish' },
      { stream_id: streamId, stage: 'done' },
    ]);
    expect(new Set(sender.events(STREAM).map(({ payload }) => payload?.stream_id))).toEqual(new Set([streamId]));
    for (const peer of [sender, other, newer]) {
      expect(peer.events('message.delta').map(({ payload }) => payload?.delta)).toEqual(['hi ', 'there']);
      expect(peer.events('message.final').at(-2)?.payload).toMatchObject({ role: 'assistant', content: 'hi there' });
      expect(peer.events('turn.completed')).toHaveLength(1);
    }
    expect([other, newer, stranger].flatMap((peer) => peer.events(STREAM))).toEqual([]);
    // All that another tenant may be told is that its own peer is there.
    expect(stranger.events().filter(({ type }) => type !== 'presence.upserted')).toEqual([]);
    expect(other.events('message.delta')[0]?.payload).not.toHaveProperty('requested_by');
    expect(newer.events('message.delta')[0]?.payload).toMatchObject({ requested_by: sender.device.id });
  });

  it('has events that each have an identity of their own, the stream beside what it is made of [EV-3]', async () => {
    const { runner, join } = await createOffice();
    const sender = await join(2);
    const newer = await join(3);
    await sendAt2(sender);
    await runner.last.context.say('hi', 'answer');
    runner.last.succeed();
    await rest();

    const ids = sender.events().map(({ event_id }) => event_id);
    expect(new Set(ids).size).toBe(ids.length);
    const finals = [sender, newer].map((peer) => peer.events('message.final').map(({ event_id }) => event_id));
    expect(finals[0]).toEqual(finals[1]);
  });

  it.each([
    ['fails', [{ stage: 'error', error: { message: 'the oven is cold' } }]],
    ['is cancelled', [{ stage: 'chunk', chunk: { type: 'abort' } }, { stage: 'done' }]],
  ])('ends for its sender when the turn %s [EV-9]', async (how, ends) => {
    const { runner, join } = await createOffice();
    const sender = await join(2);
    const other = await join(2);
    const newer = await join(3);
    const streamId = await sendAt2(sender);

    if (how === 'fails') runner.last.fail(new ProtocolError('unavailable', 'the oven is cold'));
    else await ask(newer, 'turn.cancel', { turn_id: streamId }, { idempotency_key: 'cancel' });
    await rest();

    expect(sender.events(STREAM).map(({ payload }) => payload)).toEqual(
      [{ stage: 'chunk', chunk: { type: 'start' } }, ...ends].map((said) => ({ stream_id: streamId, ...said })),
    );
    expect(other.events(STREAM)).toEqual([]);
  });

  it('goes on under the same id for its sender after the gateway was started again [EV-9] [RV-16]', async () => {
    const before = await createOffice();
    const device = createDevice();
    const streamId = await sendAt2(await before.join(2, device));
    const after = await createOffice(before.store.snapshot());
    const sender = await after.join(2, device);
    const other = await after.join(2);

    await rest();
    await after.runner.last.context.say('hi', 'answer');
    after.runner.last.succeed();
    await rest();

    const streamed = sender.events(STREAM).map(({ payload }) => payload);
    expect(streamed.map((said) => (said?.chunk as { type: string } | undefined)?.type ?? said?.stage)).toEqual([
      'text-start',
      'text-delta',
      'text-end',
      'finish',
      'done',
    ]);
    expect(new Set(streamed.map((said) => said?.stream_id))).toEqual(new Set([streamId]));
    expect(other.events(STREAM)).toEqual([]);
  });

  it('is not streamed for a message that a revision 3 client sent [EV-9]', async () => {
    const { runner, join } = await createOffice();
    const newer = await join(3);
    const older = await join(2);
    const { conversation } = await ask(newer, 'conversation.create', {}, { idempotency_key: 'create' });
    const { conversation_id } = conversation as { conversation_id: string };
    const content = [{ type: 'text', text: 'hello' }];
    await ask(newer, 'conversation.send', { conversation_id, content }, { idempotency_key: 'send' });
    runner.last.context.delta('hi', 'answer');
    await runner.last.context.say('hi', 'answer');
    runner.last.succeed();
    await rest();

    expect([...newer.events(STREAM), ...older.events(STREAM)]).toEqual([]);
    expect(older.events('message.final')).toHaveLength(2);
  });
});
