import type { WorkflowRun } from '@tyrum/contracts';
import type { TurnContext, TurnRunner } from '../../ports/turn-runner.ts';
import { createMemoryStore, type MemorySnapshot, type MemoryStore } from '../../store/memory-store.ts';
import { createManualClock, type ManualClock } from '../../testing/manual-clock.ts';
import { converse } from './conversation-steps.ts';
import { createDomainWorld, type DomainWorld } from './domain-world.ts';
import type { FakePeer } from './fake-peer.ts';
import { pairedNode, reconnect } from './pairing-steps.ts';
import { confirm, work } from './workflow-steps.ts';

const NODES = ['drill', 'lamp'] as const;
const MODES = ['followup', 'interrupt', 'collect', 'steer', 'steer_backlog'] as const;
const PLAN = [work('one'), confirm('Go on?'), work('two'), work('three')];
/** What each turn of this world says, one after the other. */
export const SAYINGS = ['first', 'second', 'third'];

/** A world in which everything goes wrong, and the same thing every time for one seed. */
export interface Chaos {
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

/**
 * Says three things with pauses between them; in the middle it has a node do something, and now and then asks before it goes
 * on. It takes in what was said meanwhile, and ignores its signal.
 */
function stubbornRunner(clock: ManualClock): TurnRunner {
  return {
    async run(_turn, context: TurnContext) {
      for (const [at, saying] of SAYINGS.entries()) {
        await pause(clock, 300);
        const meanwhile = await context.steering();
        context.delta(saying, saying);
        await context.say(saying, saying);
        if (at === 0)
          await context.task({ action: { type: 'CLI' }, capability: 'shell.run', deadlineMs: 60_000 }, 'work');
        if (at === 1 && context.messages.length % 3 === 1) {
          await context.approve({ prompt: 'Go on?', motivation: 'it is time', expiresInMs: 20_000 }, 'go on');
        }
        if (at === 1 && meanwhile.length === 0 && context.messages.length % 5 === 4) throw new Error('some turns fail');
      }
    },
  };
}

export async function begin(seed: number): Promise<Chaos> {
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

/** A disk that now and then does not keep a commit, keeps one and does not say so, or has its works run once more first. */
function faultyDisk(chaos: Pick<Chaos, 'next' | 'calm'>, from?: MemorySnapshot): MemoryStore {
  const fail = () => {
    if (!chaos.calm && chaos.next(40) === 0) throw new Error('the disk failed');
  };
  return createMemoryStore({
    ...(from === undefined ? {} : { from }),
    faults: { runAgain: () => !chaos.calm && chaos.next(4) === 0, beforeCommit: fail, afterCommit: fail },
  });
}

/** The node answers what it was sent and has not answered: from its journal, or by doing it. */
function answer({ done }: Chaos, name: string, peer: FakePeer, answered: WeakSet<object>): void {
  for (const sent of peer.sent('task.execute')) {
    if (answered.has(sent)) continue;
    answered.add(sent);
    const dispatch = sent.payload.dispatch_id as string;
    if (!done.has(dispatch)) done.set(dispatch, { node: name, task: String(sent.payload.turn_id) });
    sent.answer({ result: dispatch });
  }
}

/** One thing that happens, whatever it is. */
export async function step(chaos: Chaos, answered: WeakSet<object>): Promise<void> {
  const { world, next, conversations, peers } = chaos;
  const conversation_id = conversations[next(conversations.length)] as string;
  const name = NODES[next(NODES.length)] as string;
  const peer = peers.get(name);
  switch (next(12)) {
    case 0:
    case 1:
    case 2:
      await world.call('conversation.send', { conversation_id, content: [{ type: 'text', text: `${next(1000)}` }] });
      break;
    case 3: {
      const { turns } = await world.call('turn.list', { statuses: ['running', 'paused', 'queued'], conversation_id });
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
    case 6:
      await decideOne(world, next);
      break;
    case 7:
      await world.call('workflow.start', { conversation_key: 'cron:chaos', steps: [...PLAN] });
      break;
    case 8: {
      const run = (await workflowRuns(world)).at(-1);
      if (run !== undefined && next(3) === 0) {
        await world.call('workflow.cancel', { workflow_run_id: run.workflow_run_id });
      }
      break;
    }
    default:
      if (peer !== undefined && next(2) === 0) answer(chaos, name, peer, answered);
      await world.pass(200 + next(2000), 250);
  }
}

/** Answers one question that waits, if one does; mostly yes. */
async function decideOne(world: DomainWorld, next: Chaos['next']): Promise<void> {
  const { approvals } = await world.call('approval.list', { status: 'awaiting_human' });
  const one = approvals[next(approvals.length)];
  if (one === undefined) return;
  const decision = next(4) === 0 ? 'denied' : 'approved';
  await world.call('approval.resolve', { approval_id: one.approval_id, decision });
}

/** Every workflow run as it was told last, in the order in which they began. */
export async function workflowRuns(world: DomainWorld): Promise<readonly WorkflowRun[]> {
  const runs = new Map<string, WorkflowRun>();
  for (const { type, payload } of await world.events()) {
    if (type !== 'workflow.updated') continue;
    const run = payload.workflow_run as WorkflowRun;
    runs.set(run.workflow_run_id, run);
  }
  return [...runs.values()];
}

/** Lets everything come to its end: no more crashes, all nodes at work. */
export async function finish(chaos: Chaos, answered: WeakSet<object>): Promise<void> {
  for (const name of NODES) if (!chaos.peers.has(name)) chaos.peers.set(name, await reconnect(chaos.world, name));
  for (let count = 0; count < 400; count += 1) {
    for (const [name, peer] of chaos.peers) answer(chaos, name, peer, answered);
    await chaos.world.pass(500);
    await decideOne(chaos.world, chaos.next);
    const { turns } = await chaos.world.call('turn.list', { statuses: ['running', 'paused', 'queued'], limit: 1 });
    const waiting = (await workflowRuns(chaos.world)).some(({ finished_at }) => finished_at === null);
    if (turns.length === 0 && !waiting && count > 20) return;
  }
}
