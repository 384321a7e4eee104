import type { Task } from '@tyrum/contracts';
import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../ports/store.ts';
import type { TurnContext, TurnRunner } from '../ports/turn-runner.ts';
import { createMemoryStore, type MemorySnapshot, type MemoryStore } from '../store/memory-store.ts';
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts';
import { converse } from './test-support/conversation-steps.ts';
import { createDomainWorld, type DomainWorld, type ReadEvent } from './test-support/domain-world.ts';
import type { FakePeer } from './test-support/fake-peer.ts';
import { capabilities, pairedNode, reconnect } from './test-support/pairing-steps.ts';

const NODES = ['drill', 'lamp'] as const;
const MODES = ['followup', 'interrupt', 'collect'] as const;
const SAYINGS = ['first', 'second', 'third'];

/** A world in which everything goes wrong, and the same thing every time for one seed. */
interface Chaos {
  world: DomainWorld;
  /** Whether the disk is left in peace. */
  calm: boolean;
  readonly next: (below: number) => number;
  readonly clock: ManualClock;
  readonly conversations: string[];
  readonly peers: Map<string, FakePeer>;
  /** What each node did, as its own journal has it: dispatches by id. */
  readonly done: Map<string, { readonly node: string; readonly task: string }>;
}

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function pause(clock: ManualClock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

/** Says three things with pauses between them, and has a node do something in the middle. It ignores its signal. */
function stubbornRunner(clock: ManualClock): TurnRunner {
  return {
    async run(_turn, context: TurnContext) {
      for (const [at, saying] of SAYINGS.entries()) {
        await pause(clock, 300);
        context.delta(saying, saying);
        await context.say(saying, saying);
        if (at === 0)
          await context.task({ action: { type: 'CLI' }, capability: 'shell.run', deadlineMs: 60_000 }, 'work');
        if (at === 1 && context.messages.length % 5 === 4) throw new Error('some turns fail');
      }
    },
  };
}

async function begin(seed: number): Promise<Chaos> {
  const clock = createManualClock();
  const weather = { calm: true, next: generator(seed) };
  const chaos: Chaos = Object.assign(weather, {
    world: await createDomainWorld({
      clock,
      runner: stubbornRunner(clock),
      leaseMs: 4000,
      maxRunningTurns: 2,
      store: faultyDisk(weather),
    }),
    clock,
    conversations: [],
    peers: new Map(),
    done: new Map(),
  });
  const { world } = chaos;
  for (const mode of MODES) {
    const conversation_id = await converse(world);
    await world.call('conversation.queue_mode.set', { conversation_id, queue_mode: mode });
    chaos.conversations.push(conversation_id);
  }
  for (const name of NODES) chaos.peers.set(name, await pairedNode(world, name));
  return chaos;
}

async function crash(chaos: Chaos): Promise<void> {
  const disk = faultyDisk(chaos, chaos.world.store.snapshot());
  chaos.calm = true;
  chaos.world = await chaos.world.crash({ store: disk });
  chaos.calm = false;
  chaos.peers.clear();
}

/** A disk that now and then does not keep a commit, and now and then keeps one and does not say so. */
function faultyDisk(chaos: Pick<Chaos, 'next' | 'calm'>, from?: MemorySnapshot): MemoryStore {
  const fail = () => {
    if (!chaos.calm && chaos.next(40) === 0) throw new Error('the disk failed');
  };
  return createMemoryStore({
    ...(from === undefined ? {} : { from }),
    faults: { beforeCommit: fail, afterCommit: fail },
  });
}

/** The node answers what it was sent and has not answered: from its journal, or by doing it. */
function answer({ done }: Chaos, name: string, peer: FakePeer, answered: WeakSet<object>): void {
  for (const sent of peer.sent('task.execute')) {
    if (answered.has(sent)) continue;
    answered.add(sent);
    const dispatch = sent.payload.dispatch_id as string;
    if (!done.has(dispatch)) done.set(dispatch, { node: name, task: sent.payload.turn_id as string });
    sent.answer({ result: dispatch });
  }
}

async function step(chaos: Chaos, answered: WeakSet<object>): Promise<void> {
  const { world, next, conversations, peers } = chaos;
  const conversation_id = conversations[next(conversations.length)] as string;
  const name = NODES[next(NODES.length)] as string;
  const peer = peers.get(name);
  switch (next(9)) {
    case 0:
    case 1:
    case 2:
      await world.call('conversation.send', { conversation_id, content: [{ type: 'text', text: `${next(1000)}` }] });
      break;
    case 3: {
      const { turns } = await world.call('turn.list', { statuses: ['running', 'queued'], conversation_id });
      const turn = turns[next(turns.length + 1)]?.turn;
      if (turn !== undefined) await world.call('turn.cancel', { turn_id: turn.turn_id });
      break;
    }
    case 4:
      if (peer === undefined) peers.set(name, await reconnect(world, name));
      else {
        peers.delete(name);
        world.lose(peer);
      }
      break;
    case 5:
      if (next(3) === 0) await crash(chaos);
      break;
    default:
      if (peer !== undefined && next(2) === 0) answer(chaos, name, peer, answered);
      await world.pass(200 + next(2000), 250);
  }
}

/** Lets everything come to its end: no more crashes, all nodes at work. */
async function finish(chaos: Chaos, answered: WeakSet<object>): Promise<void> {
  for (const name of NODES) if (!chaos.peers.has(name)) chaos.peers.set(name, await reconnect(chaos.world, name));
  for (let count = 0; count < 400; count += 1) {
    for (const [name, peer] of chaos.peers) answer(chaos, name, peer, answered);
    await chaos.world.pass(500);
    const { turns } = await chaos.world.call('turn.list', { statuses: ['running', 'queued'], limit: 1 });
    if (turns.length === 0 && count > 20) return;
  }
}

const ENDS = ['turn.completed', 'turn.failed', 'turn.cancelled'];

/** What is wrong with a log, in words; nothing when it tells a possible story. */
function contradictions(events: readonly ReadEvent[]): readonly string[] {
  const wrong: string[] = [];
  const state = new Map<string, string>();
  const running = new Map<string, string>();
  const ids = new Set<string>();
  const finals = new Set<string>();
  const ended = new Set<string>();
  for (const { eventId, type, payload, scope } of events) {
    if (ids.has(eventId)) wrong.push(`event ${eventId} is there twice`);
    ids.add(eventId);
    const key = scope?.id ?? '';
    const turn = payload.turn_id as string;
    if (type === 'turn.queued') state.set(turn, 'queued');
    if (type === 'turn.started') {
      if (state.get(turn) !== 'queued') wrong.push(`${turn} started while ${state.get(turn)}`);
      if (running.has(key)) wrong.push(`${turn} started beside ${running.get(key)}`);
      state.set(turn, 'running');
      running.set(key, turn);
    }
    if (type === 'turn.resumed' && running.get(key) !== turn) wrong.push(`${turn} was resumed and had not run`);
    if (ENDS.includes(type)) {
      if (!['queued', 'running'].includes(state.get(turn) ?? '')) wrong.push(`${turn} ended while ${state.get(turn)}`);
      state.set(turn, type);
      if (running.get(key) === turn) running.delete(key);
    }
    if (type === 'message.final') {
      const message = payload.message_id as string;
      if (finals.has(message)) wrong.push(`message ${message} was said twice`);
      if (payload.role === 'assistant' && running.get(key) !== turn) wrong.push(`${turn} spoke while it did not run`);
      finals.add(message);
    }
    if (type === 'task.updated') {
      const { task_id, status } = payload.task as Task;
      if (ended.has(task_id)) wrong.push(`task ${task_id} changed after its end`);
      if (status !== 'queued' && status !== 'dispatched') ended.add(task_id);
    }
  }
  for (const [turn, how] of state) if (!ENDS.includes(how)) wrong.push(`${turn} never ended: ${how}`);
  return wrong;
}

describe('the domain', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'tells a possible story through crashes, losses and interruptions (seed %i) [EV-2] [EV-3]',
    async (seed) => {
      const chaos = await begin(seed);
      const answered = new WeakSet<object>();
      for (let count = 0; count < 40; count += 1) {
        chaos.calm = false;
        await step(chaos, answered).catch((error: unknown) => {
          // What a client would be told; it may have happened all the same.
          if (!(error instanceof StoreUnavailableError)) throw error;
        });
      }
      chaos.calm = true;

      await finish(chaos, answered);

      const events = await chaos.world.events();
      expect(contradictions(events)).toEqual([]);
      const { turns } = await chaos.world.call('turn.list', { limit: 200 });
      for (const { turn } of turns) {
        const { items } = await chaos.world.call('turn.get', { turn_id: turn.turn_id });
        expect(SAYINGS.slice(0, items.length)).toEqual(items.map(({ item_key }) => item_key));
        if (turn.status === 'succeeded') expect(items).toHaveLength(SAYINGS.length);
        const { tasks } = await chaos.world.call('task.list', { turn_id: turn.turn_id });
        expect(tasks.length).toBeLessThanOrEqual(1);
      }
      const errors = chaos.world.logs.filter(({ level }) => level === 'error').map(({ message }) => message);
      expect(errors.filter((message) => message !== 'a runner failed')).toEqual([]);
      await chaos.world.domain.stop();
    },
  );

  it('leaves no timer behind when it stops', async () => {
    const world = await createDomainWorld();
    await world.open({ name: 'drill', capabilities: capabilities('shell.run') });
    await world.call('task.submit', { action: { type: 'CLI' }, capability: 'shell.run', deadline_ms: 1000 });

    await world.domain.stop();

    expect(world.clock.waiting).toBe(0);
  });
});
