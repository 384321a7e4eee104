import { type Client, type ClientState, type ConnectSocket, createClient } from '@tyrum/client-sdk';
import type { EventType } from '@tyrum/contracts';
import { type CounterMirror, createCounterMirror } from '../applications/follow-counters.ts';
import type { Intents } from '../applications/intents.ts';
import { listenWithHandlers, listenWithIterator } from '../applications/listen.ts';
import { serveAsNode } from '../applications/node-work.ts';
import type { Wheels } from '../applications/wheels.ts';
import { contractAt, type Revisions, type SimulatedContract } from '../contract/contracts.ts';
import type { ClientDisk } from '../disk/client-disk.ts';
import type { History } from '../invariants/history-rule.ts';
import type { Prng } from '../kernel/prng.ts';
import type { Process } from '../kernel/process.ts';
import { type KeyPair, simulatedCrypto } from '../kernel/signatures.ts';
import type { Bug } from '../mutations/mutation.ts';
import type { ActorPlan } from '../plan/plan.ts';
import type { Verdict } from '../truth/verdict.ts';

/** One run of the program of an actor: the real client, and an application on it. */
export interface Program {
  readonly process: Process;
  readonly client: Client<SimulatedContract>;
  /** What a follower shows. */
  readonly mirror: CounterMirror | undefined;
}

export interface ProgramOptions {
  readonly plan: ActorPlan;
  readonly revisions: Revisions;
  readonly key: KeyPair;
  readonly disk: ClientDisk;
  readonly process: Process;
  readonly random: Prng;
  readonly mutation: Bug | undefined;
  readonly connectSocket: ConnectSocket;
  readonly token: (refused: boolean) => Promise<string>;
  readonly history: History;
  readonly types: readonly EventType<SimulatedContract>[];
  readonly intents: Intents;
  readonly wheels: Wheels;
  readonly verdict: Verdict;
  readonly say: (line: string) => void;
}

/** How long whoever looks after a program takes to help it when it has stopped, in milliseconds. */
const HELP_AFTER_MS = 1_500;

export function startProgram(options: ProgramOptions): Program {
  const { plan, revisions, key, disk, process, random, mutation, history, types, intents, verdict, say } = options;
  const { name, role, slowness } = plan;
  const storage = disk.storage(process);
  const client = createClient<SimulatedContract>({
    url: 'ws://gateway.example/ws',
    contract: contractAt(revisions, plan.extended),
    revisions,
    identity: { deviceId: key.deviceId, publicKey: key.publicKey, sign: key.sign },
    token: ({ refused }) => options.token(refused),
    role,
    ...(role === 'node' ? { capabilities: [{ id: 'wheel.turn' }], journal: disk.journal(process) } : {}),
    ...(plan.storage ? { storage: mutation?.wrapStorage?.(storage) ?? storage } : {}),
    resume: plan.resume,
    limits: { minReconnectMs: 100, maxReconnectMs: 3_000, connectTimeoutMs: 4_000, stableAfterMs: 2_000 },
    clock: process.clock,
    random: random.fork('client'),
    crypto: simulatedCrypto,
    connectSocket: options.connectSocket,
    onError: (_error, where) => say(`${name}: error in ${where}`),
    onSettled: (settled) => intents.settledLater(name, settled),
  });

  const listening = { client, program: process, history, types, random: random.fork('application'), slowness };
  const mirror = plan.listens === 'follow' ? createCounterMirror(client, process, name, verdict) : undefined;
  const iterator = plan.listens === 'iterator' ? listenWithIterator(listening) : undefined;
  if (plan.listens === 'handlers') listenWithHandlers(listening);
  if (role === 'node') serveAsNode(client, process, options.wheels, name);
  history.began(() => client.state.status === 'open' || client.state.status === 'draining');
  client.onState(changed);
  begin();

  function begin(): void {
    client.connect().then(
      () => {},
      () => {
        // What it was comes by its state as well.
      },
    );
    iterator?.begin();
    mirror?.begin();
  }

  function changed(state: ClientState): void {
    say(`${name}: ${state.status}${'reason' in state ? ` ${state.reason.code} ${state.reason.closeCode ?? ''}` : ''}`);
    if (state.status === 'open') history.connected();
    if (state.status === 'stopped') process.after(HELP_AFTER_MS, () => void help(state.mustChange));
  }

  /** A person mends what the program says must change, as far as a person can, and starts it again. */
  async function help(mustChange: string): Promise<void> {
    if (mustChange === 'trust') {
      try {
        await client.trustGateway(undefined);
      } catch {
        say(`${name}: the gateway could not be forgotten`);
      }
    }
    if (mustChange === 'token') await options.token(true);
    begin();
  }

  return { process, client, mirror };
}
