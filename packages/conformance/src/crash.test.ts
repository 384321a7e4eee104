import { afterEach, describe, expect, it } from 'vitest';
import {
  endGateways,
  type GatewayProcess,
  makeDataDirectory,
  PROCESS_TIMEOUT_MS,
  startGateway,
  TOKEN,
} from './gateway-process.ts';
import { connectPeer, createDevice, type Device } from './revision-two-peer.ts';
import { type Frame, readStrictly } from './revision-two-reader.ts';

afterEach(endGateways);

const connect = ({ port }: GatewayProcess, device: Device = createDevice()) =>
  connectPeer({ port, token: TOKEN, device });

describe('a gateway that is killed between a request and its response', { timeout: PROCESS_TIMEOUT_MS }, () => {
  it('answers the repeat as it would have, and has done it once [RQ-6] [RQ-8] [RQ-9]', async () => {
    const data = await makeDataDirectory();
    const first = await startGateway(data);
    const device = createDevice();
    const peer = await connect(first, device);
    const onlooker = await connect(first);
    const create = { agent_key: 'crash', channel: 'api' };

    // The effect is seen by somebody else, so it is committed; its response is never read by the one who asked.
    peer.socket.sendText(JSON.stringify({ request_id: 'create', type: 'conversation.create', payload: create }));
    let seen: Frame['result'][] = [];
    while (seen.length === 0) {
      seen = (await onlooker.ask('conversation.list', { agent_key: 'crash' })).result.conversations;
    }
    await first.kill();
    peer.socket.cut();

    const again = await connect(await startGateway(data), device);
    const repeat = await again.ask('conversation.create', create, 'create');
    const third = await again.ask('conversation.create', create, 'create');
    const { conversations } = (await again.ask('conversation.list', { agent_key: 'crash' })).result;

    expect(peer.frames.some(({ request_id }) => request_id === 'create')).toBe(false);
    expect(repeat).toMatchObject({ ok: true, result: { conversation: { messages: [] } } });
    expect(repeat.result.conversation.conversation_id).toBe(seen[0].conversation_id);
    expect(third).toEqual(repeat);
    expect(conversations).toEqual(seen);
    again.socket.cut();
  });

  it('lets a message be said once and answered once, however often it is sent [RQ-6] [RQ-9] [EV-5]', async () => {
    const data = await makeDataDirectory();
    const first = await startGateway(data);
    const device = createDevice();
    const peer = await connect(first, device);
    const { conversation_id } = (await peer.ask('conversation.create', {})).result.conversation;
    const message = { id: 'msg_1', role: 'user', parts: [{ type: 'text', text: 'only once' }] };
    const sent = { conversation_id, messages: [message], trigger: 'submit-message' };

    peer.socket.sendText(JSON.stringify({ request_id: 'send', type: 'conversation.send', payload: sent }));
    const queued = await peer.until(({ type }) => type === 'turn.queued');
    await first.kill();
    peer.socket.cut();

    const again = await connect(await startGateway(data), device);
    const repeat = await again.ask('conversation.send', sent, 'send');
    let turns: Frame['result'][] = [];
    while (turns[0]?.turn.status !== 'succeeded') turns = (await again.ask('turn.list', {})).result.turns;
    const { messages } = (await again.ask('conversation.get', { conversation_id })).result.conversation;

    expect(repeat.result).toEqual({ stream_id: queued.payload.turn_id });
    expect(turns.map(({ turn }) => turn.turn_id)).toEqual([queued.payload.turn_id]);
    expect(messages.map(({ role, parts }: Frame['result']) => [role, parts[0].text])).toEqual([
      ['user', 'only once'],
      ['assistant', 'only once'],
    ]);
    again.socket.cut();
  });

  it('has of many requests that were under way each once, answered before or not [RQ-6] [RQ-9] [RQ-10]', async () => {
    const data = await makeDataDirectory();
    const first = await startGateway(data);
    const device = createDevice();
    const { socket } = await connect(first, device);
    const ids = Array.from({ length: 150 }, (_, at) => `create-${at}`);
    const create = { agent_key: 'many' };

    for (const request_id of ids) {
      socket.sendText(JSON.stringify({ request_id, type: 'conversation.create', payload: create }));
    }
    const answered = new Map<string, Frame>();
    while (answered.size < 20) {
      const frame = readStrictly(await socket.next());
      if (frame.request_id !== undefined) answered.set(frame.request_id, frame);
    }
    await first.kill();
    socket.cut();

    const again = await connect(await startGateway(data), device);
    const repeats = await Promise.all(ids.map((id) => again.ask('conversation.create', create, id)));
    const thirds = await Promise.all(ids.map((id) => again.ask('conversation.create', create, id)));
    const { conversations } = (await again.ask('conversation.list', { agent_key: 'many', limit: 200 })).result;

    expect(thirds).toEqual(repeats);
    for (const repeat of repeats) {
      expect(repeat.ok).toBe(true);
      expect(repeat).toEqual(answered.get(repeat.request_id ?? '') ?? repeat);
    }
    const made = repeats.map(({ result }) => result.conversation.conversation_id);
    expect(new Set(made).size).toBe(ids.length);
    expect(conversations.map((one: Frame['result']) => one.conversation_id).sort()).toEqual([...made].sort());
    again.socket.cut();
  });

  it('asks each question of a workflow once, and goes on by answers that it heard just before it died [AP-1] [WF-1] [WF-2]', async () => {
    const data = await makeDataDirectory();
    const first = await startGateway(data);
    const device = createDevice();
    const peer = await connect(first, device);
    const onlooker = await connect(first);
    const ask = (prompt: string) => ({ type: 'Confirm', args: { prompt } });
    const plan = { conversation_key: 'agent:default:main', steps: [ask('One?'), ask('Two?'), ask('Three?')] };
    const listed = async (by: typeof peer) => (await by.ask('approval.list', {})).result.approvals;

    // Started and answered without waiting for the response: somebody else sees that it is committed.
    peer.socket.sendText(JSON.stringify({ request_id: 'start', type: 'workflow.start', payload: plan }));
    const { approval_id } = (await onlooker.until(({ type }) => type === 'approval.updated')).payload.approval;
    const yes = { approval_id, decision: 'approved' };
    peer.socket.sendText(JSON.stringify({ request_id: 'yes', type: 'approval.resolve', payload: yes }));
    await onlooker.until(({ payload }) => payload?.approval?.status === 'approved');
    await first.kill();
    peer.socket.cut();

    const again = await connect(await startGateway(data), device);
    let approvals: Frame['result'][] = [];
    while (approvals.length < 2) approvals = await listed(again);
    const started = await again.ask('workflow.start', plan, 'start');
    const answered = await again.ask('approval.resolve', yes, 'yes');

    expect(started).toMatchObject({ ok: true, result: { steps_count: 3 } });
    expect(answered).toMatchObject({ ok: true, result: { approval: { approval_id, status: 'approved' } } });
    const standing = (await listed(again)).map(({ prompt, status }: Frame['result']) => `${prompt} ${status}`);
    expect(standing.sort()).toEqual(['One? approved', 'Two? awaiting_human']);
    again.socket.cut();
  });
});
