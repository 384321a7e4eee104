import { createAlarms } from './alarms/alarms.ts';
import { createBackground } from './background.ts';
import { conversationHandlers } from './conversations/conversation-handlers.ts';
import { createConversationSweep } from './conversations/sweep-conversation.ts';
import type { Domain, DomainPolicies, DomainServices } from './domain.ts';
import { createLogFeed } from './log-feed.ts';
import { createNodeGreeting } from './pairings/node-greeting.ts';
import { nodeHandlers } from './pairings/node-handlers.ts';
import { createNodeLinks } from './pairings/node-links.ts';
import { pairingHandlers } from './pairings/pairing-handlers.ts';
import { leaseholderHandlers } from './tasks/leaseholder-handlers.ts';
import { createTaskDispatcher, type TaskDispatcher } from './tasks/task-dispatcher.ts';
import { taskHandlers } from './tasks/task-handlers.ts';
import { createTaskWaiters } from './tasks/task-waiters.ts';
import { createTurnTasks } from './tasks/turn-tasks.ts';
import { createTokens } from './tokens/tokens.ts';
import { turnHandlers } from './turns/turn-handlers.ts';
import { createTurnLane } from './turns/turn-lane.ts';
import { createTurnRuns, type TurnRuns } from './turns/turn-runs.ts';

/** What the product decides, and the bounds within which the domain works. */
export interface DomainOptions extends DomainPolicies {
  /** Turns that run in this process at a time; the others wait. @default 1000 */
  readonly maxRunningTurns?: number;
  /** Messages that a runner is given at the most, besides those that it answers. @default 1000 */
  readonly maxHistory?: number;
  /** How long a task stays with a node whose connection was lost before another may take it, in milliseconds. @default 30,000 */
  readonly leaseMs?: number;
  /** Dispatches that one node has at a time; the others wait. @default 64 */
  readonly maxDispatchesPerNode?: number;
  /** Pause between two looks for tokens that other processes have changed, in milliseconds. @default 500 */
  readonly tokenPollMs?: number;
}

/** The control plane's durable state over a store, ready to be started. */
export function createDomain(services: DomainServices, options: DomainOptions = {}): Domain {
  const {
    maxRunningTurns = 1000,
    maxHistory = 1000,
    leaseMs = 30_000,
    maxDispatchesPerNode = 64,
    tokenPollMs = 500,
  } = options;
  const { random, store } = services;
  const background = createBackground(services);
  const alarms = createAlarms(services, background);
  const tokens = createTokens(services, { background, alarms, pollMs: tokenPollMs });
  const links = createNodeLinks();
  const feed = createLogFeed(store.log);
  const dispatcher: TaskDispatcher = createTaskDispatcher({
    services,
    background,
    alarms,
    links,
    feed,
    leaseMs,
    mostPerNode: maxDispatchesPerNode,
  });
  const waiters = createTaskWaiters(feed);
  const turnTasks = createTurnTasks({ alarms, random, waiters });
  const lane = createTurnLane(random, {
    wake: (tenant, turnId) => runs.wake(tenant, turnId),
    cancelTasks: turnTasks.cancelOf,
  });
  const runs: TurnRuns = createTurnRuns({
    services,
    background,
    lane,
    tasks: turnTasks,
    feed,
    maxRunning: maxRunningTurns,
    maxHistory,
  });
  const greeting = createNodeGreeting({
    services,
    links,
    tokens,
    policy: options.pairing,
    onAdmitted: dispatcher.admitted,
  });
  const sweep = createConversationSweep(alarms);

  return {
    handlers: {
      ...conversationHandlers({ lane, sweep, random }),
      ...turnHandlers(lane),
      ...pairingHandlers({ links, greeting, tokens, random }),
      ...nodeHandlers(services.peers),
      ...taskHandlers({ alarms, random }),
      ...leaseholderHandlers({ dispatcher, alarms, leaseMs }),
    },
    authenticator: tokens.authenticator,
    tokens: tokens.office,
    async start() {
      await tokens.start();
      await runs.start();
      alarms.start();
    },
    async peerOpened(peer) {
      if (peer.role === 'node') await greeting.greet(peer);
    },
    peerClosed(peer) {
      const link = peer.role === 'node' ? links.remove(peer) : undefined;
      if (link !== undefined) dispatcher.closed(link);
    },
    async stop() {
      runs.stop();
      alarms.stop();
      tokens.stop();
      feed.stop();
      await background.stop();
    },
  };
}
