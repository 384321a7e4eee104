import type { Approval, Task } from '@tyrum/contracts';
import { createAlarms } from './alarms/alarms.ts';
import { approvalHandlers } from './approvals/approval-handlers.ts';
import { createApprovalOffice } from './approvals/approval-office.ts';
import { isWaiting } from './approvals/approval-records.ts';
import { createTurnApprovals } from './approvals/turn-approvals.ts';
import { artifactHandlers } from './artifacts/artifact-handlers.ts';
import { createArtifactShelf } from './artifacts/artifact-shelf.ts';
import { createBackground } from './background.ts';
import { conversationHandlers } from './conversations/conversation-handlers.ts';
import { createConversationSweep } from './conversations/sweep-conversation.ts';
import type { Domain, DomainPolicies, DomainServices } from './domain.ts';
import { createEndWaiters } from './end-waiters.ts';
import { locationHandlers } from './locations/location-handlers.ts';
import { createLocationSweep } from './locations/location-samples.ts';
import { createLogFeed } from './log-feed.ts';
import { createOverrideOffice } from './overrides/override-office.ts';
import { createNodeGreeting } from './pairings/node-greeting.ts';
import { nodeHandlers } from './pairings/node-handlers.ts';
import { createNodeLinks } from './pairings/node-links.ts';
import { pairingHandlers } from './pairings/pairing-handlers.ts';
import { presenceHandlers } from './presence/presence-handlers.ts';
import { createPresenceWatch } from './presence/presence-watch.ts';
import { leaseholderHandlers } from './tasks/leaseholder-handlers.ts';
import { createTaskDispatcher, type TaskDispatcher } from './tasks/task-dispatcher.ts';
import { taskHandlers } from './tasks/task-handlers.ts';
import { hasEnded } from './tasks/task-records.ts';
import { createTurnTasks } from './tasks/turn-tasks.ts';
import { createTokens } from './tokens/tokens.ts';
import { transcriptHandlers } from './transcripts/transcript-handlers.ts';
import { turnHandlers } from './turns/turn-handlers.ts';
import { createTurnLane } from './turns/turn-lane.ts';
import { createTurnRuns, type TurnRuns } from './turns/turn-runs.ts';
import { targetInAction } from './workflows/step-target.ts';
import { workflowHandlers } from './workflows/workflow-handlers.ts';
import { createWorkflowOffice } from './workflows/workflows.ts';

/** What the product decides, and the bounds within which the domain works. */
export interface DomainOptions extends DomainPolicies {
  /** Turns that run in this process at a time; the others wait. @default 1000 */
  readonly maxRunningTurns?: number;
  /** Turns of this process that wait for an approval without taking the place of one that runs. @default 10,000 */
  readonly maxPausedTurns?: number;
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
    maxPausedTurns = 10_000,
    maxHistory = 1000,
    leaseMs = 30_000,
    maxDispatchesPerNode = 64,
    tokenPollMs = 500,
  } = options;
  const { random, store, telemetry, crypto } = services;
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
  const taskWaiters = createEndWaiters<Task>({
    listen: (tell) => feed.onTask((_tenant, task) => tell(task)),
    idOf: ({ task_id }) => task_id,
    hasEnded,
    abandoned: 'the turn has ended',
  });
  const turnTasks = createTurnTasks({ alarms, random, waiters: taskWaiters });
  const approvalWaiters = createEndWaiters<Approval>({
    listen: feed.onApproval,
    idOf: ({ approval_id }) => approval_id,
    hasEnded: (approval) => !isWaiting(approval),
    abandoned: 'nobody waits for the answer any more',
  });
  const opening = { alarms, random, crypto, policy: options.approval, telemetry };
  const turnApprovals = createTurnApprovals({ ...opening, waiters: approvalWaiters });
  const lane = createTurnLane(random, {
    wake: (tenant, turnId) => runs.wake(tenant, turnId),
    async ended(unit, turnId, end) {
      await turnApprovals.cancelOf(unit, turnId);
      if (end.status === 'cancelled') await turnTasks.cancelOf(unit, turnId, end.reason ?? 'the turn was cancelled');
    },
  });
  const runs: TurnRuns = createTurnRuns({
    services,
    background,
    lane,
    tasks: turnTasks,
    approvals: turnApprovals,
    feed,
    maxRunning: maxRunningTurns,
    maxPaused: maxPausedTurns,
    maxHistory,
  });
  const greeting = createNodeGreeting({
    services,
    links,
    tokens,
    policy: options.pairing,
    onAdmitted: dispatcher.admitted,
  });
  const stepping = { alarms, random, approvals: opening };
  const sweep = createConversationSweep(alarms);
  const artifacts = createArtifactShelf(services);
  const presence = createPresenceWatch(services, background);
  const locations = createLocationSweep(services, background);

  return {
    handlers: {
      ...conversationHandlers({ lane, sweep, random }),
      ...turnHandlers(lane),
      ...approvalHandlers(opening),
      ...workflowHandlers({ ...stepping, stepPolicy: options.workflowStep ?? targetInAction }),
      ...pairingHandlers({ links, greeting, tokens, random }),
      ...nodeHandlers(services.peers),
      ...artifactHandlers(),
      ...presenceHandlers(presence),
      ...locationHandlers({ policy: options.location, telemetry }),
      ...transcriptHandlers(),
      ...taskHandlers({ alarms, random }),
      ...leaseholderHandlers({ dispatcher, alarms, leaseMs }),
    },
    authenticator: tokens.authenticator,
    tokens: tokens.office,
    artifacts,
    approvals: createApprovalOffice({ ...opening, services, waiters: approvalWaiters }),
    policyOverrides: createOverrideOffice({ services, alarms, random }),
    workflows: createWorkflowOffice({ ...stepping, services }),
    async start() {
      await tokens.start();
      await runs.start();
      alarms.start();
      presence.start();
      background.run('remove bytes that nobody owns', artifacts.sweep);
      locations.start();
    },
    async peerOpened(peer) {
      presence.opened(peer);
      if (peer.role === 'node') await greeting.greet(peer);
    },
    peerClosed(peer) {
      const link = peer.role === 'node' ? links.remove(peer) : undefined;
      if (link !== undefined) dispatcher.closed(link);
    },
    async stop() {
      runs.stop();
      alarms.stop();
      presence.stop();
      locations.stop();
      tokens.stop();
      feed.stop();
      await background.stop();
    },
  };
}
