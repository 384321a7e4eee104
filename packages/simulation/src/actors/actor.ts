import type { Revisions } from '../contract/contracts.ts';
import type { History } from '../invariants/history-rule.ts';
import type { Loop } from '../kernel/loop.ts';
import { createProcess, type WallClock } from '../kernel/process.ts';
import type { Network } from '../network/network.ts';
import type { ActorPlan } from '../plan/plan.ts';
import { type Program, type ProgramOptions, startProgram } from './program.ts';

/** One device of a world, whose program comes and goes. */
export interface Actor {
  readonly plan: ActorPlan;
  readonly deviceId: string;
  readonly history: History;
  readonly wall: WallClock;
  /** What its newest program speaks. */
  readonly revisions: Revisions;
  /** The run that goes on now. */
  readonly program: Program | undefined;
  start(): void;
  /** `kill -9`, or with `silent` the loss of power. Does nothing while it is down. */
  crash(how: { readonly silent: boolean; readonly downMs: number }): void;
  /** Ends it in order, to be followed by a version that speaks these revisions. Does nothing while it is down. */
  close(how: { readonly downMs: number; readonly revisions: Revisions }): void;
}

export interface ActorOptions extends Omit<ProgramOptions, 'process' | 'connectSocket' | 'revisions'> {
  readonly loop: Loop;
  readonly wall: WallClock;
  readonly network: Network;
}

export function createActor(options: ActorOptions): Actor {
  const { plan, key, history, loop, wall, network, random, intents, say } = options;
  const { name } = plan;
  let program: Program | undefined;
  let runs = 0;
  let closing = false;
  let { revisions } = plan;

  function start(): void {
    runs += 1;
    closing = false;
    const process = createProcess(loop, wall, `${name} ${runs}`);
    say(`${name}: starts`);
    program = startProgram({
      ...options,
      process,
      revisions,
      random: random.fork(`run ${runs}`),
      connectSocket: network.connector(name, process),
    });
  }

  function down(inOrder: boolean, silent: boolean, downMs: number): void {
    if (program === undefined) return;
    program.process.kill();
    network.clientDied(program.process, silent);
    program = undefined;
    history.ended(inOrder);
    intents.programEnded(name);
    loop.after(downMs, start);
  }

  async function end(closed: Program, downMs: number, next: Revisions): Promise<void> {
    closing = true;
    await closed.client.close();
    if (program !== closed) return;
    revisions = next;
    down(true, false, downMs);
  }

  return {
    plan,
    deviceId: key.deviceId,
    history,
    wall,
    get revisions() {
      return revisions;
    },
    get program() {
      return program;
    },
    start,
    crash({ silent, downMs }) {
      if (program === undefined) return;
      say(`${name}: ${silent ? 'loses power' : 'is killed'}`);
      down(false, silent, downMs);
    },
    close({ downMs, revisions: next }) {
      if (program === undefined || closing) return;
      say(`${name}: closes`);
      void end(program, downMs, next);
    },
  };
}
