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
  /** The run that goes on now. */
  readonly program: Program | undefined;
  start(): void;
  /** `kill -9`, or with `silent` the loss of power. Does nothing while it is down. */
  crash(how: { readonly silent: boolean; readonly downMs: number }): void;
  /** Ends it in order. Does nothing while it is down. */
  close(how: { readonly downMs: number }): void;
}

export interface ActorOptions extends Omit<ProgramOptions, 'process' | 'connectSocket'> {
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

  function start(): void {
    runs += 1;
    closing = false;
    const process = createProcess(loop, wall, `${name} ${runs}`);
    say(`${name}: starts`);
    program = startProgram({
      ...options,
      process,
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

  async function end(closed: Program, downMs: number): Promise<void> {
    closing = true;
    await closed.client.close();
    if (program === closed) down(true, false, downMs);
  }

  return {
    plan,
    deviceId: key.deviceId,
    history,
    wall,
    get program() {
      return program;
    },
    start,
    crash({ silent, downMs }) {
      if (program === undefined) return;
      say(`${name}: ${silent ? 'loses power' : 'is killed'}`);
      down(false, silent, downMs);
    },
    close({ downMs }) {
      if (program === undefined || closing) return;
      say(`${name}: closes`);
      void end(program, downMs);
    },
  };
}
