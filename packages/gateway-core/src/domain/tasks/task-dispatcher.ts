import { ProtocolError, type Task } from '@tyrum/contracts';
import type { Transaction } from '../../ports/store.ts';
import type { Alarms } from '../alarms/alarms.ts';
import type { Background } from '../background.ts';
import type { DomainServices } from '../domain.ts';
import type { LogFeed } from '../log-feed.ts';
import type { NodeLink, NodeLinks } from '../pairings/node-links.ts';
import { inTenant, type TenantUnit } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { dispatchTask, executePayload } from './dispatch-task.ts';
import { createNodeFlights, type Flight } from './node-flights.ts';
import { endByError, endByResult } from './task-outcome.ts';
import { findTask, hasEnded, type TaskRecord, tasks } from './task-records.ts';
import { endTask, keepTask, PAST_DEADLINE, TASK_ALARM, type TaskEnd } from './task-transitions.ts';

/** Gives tasks to nodes and takes their answers. */
export interface TaskDispatcher {
  /** A node may be given tasks: those that it was given before over a lost connection come first. */
  admitted(link: NodeLink): void;
  /** A connection is gone. What it was given stays given. */
  closed(link: NodeLink): void;
  /** Lets the lease of a dispatched task go on. */
  renew(unit: TenantUnit, record: TaskRecord): Promise<void>;
}

export interface DispatcherOptions {
  readonly services: DomainServices;
  readonly background: Background;
  readonly alarms: Alarms;
  readonly links: NodeLinks;
  readonly feed: LogFeed;
  /** How long a task stays with a node that gives no sign. */
  readonly leaseMs: number;
  /** Dispatches that one node has at a time; the others wait. */
  readonly mostPerNode: number;
}

/** Longer than any deadline, and as long as every platform's timers can be. */
const LONGEST_WAIT_MS = 2_147_000_000;

export function createTaskDispatcher(options: DispatcherOptions): TaskDispatcher {
  const { services, background, alarms, links, feed, leaseMs } = options;
  const { store, clock, random, telemetry } = services;
  const flights = createNodeFlights(options.mostPerNode);
  const dispatching = { alarms, random, leaseMs };
  const startedAt = clock.now();

  function offerQueued(tenant: string, { task_id, node_id, capability = '' }: Task): void {
    if (node_id === undefined) offerAble(tenant, capability, task_id);
    else {
      const link = links.find(tenant, node_id);
      if (link?.capabilities !== undefined) give(link, task_id);
    }
  }

  function offerAble(tenant: string, capability: string, taskId: string): void {
    for (const link of links.able(tenant, capability)) if (give(link, taskId)) return;
  }

  /** Answers whether there was room to try. */
  function give(link: NodeLink, taskId: string): boolean {
    if (background.stopping) return false;
    const flight = flights.reserve(link, taskId);
    if (flight === undefined) return false;
    links.used(link);
    background.run('dispatch a task', async () => {
      try {
        const record = await background.persist('dispatch a task', () =>
          inTenant(services, link.tenant, async (unit) => {
            if (flight.controller.signal.aborted) return undefined;
            return dispatchTask(unit, dispatching, taskId, link.nodeId);
          }),
        );
        flight.dispatchId = record?.task.dispatch_id;
        if (record === undefined || !link.open || background.stopping) release(link, flight);
        else void send(link, flight, record);
      } catch (error) {
        release(link, flight);
        throw error;
      }
    });
    return true;
  }

  /** Sends a dispatch and waits for its answer. Not waited for when the domain stops: it is sent again later. */
  async function send(link: NodeLink, flight: Flight, record: TaskRecord): Promise<void> {
    const { dispatch_id, task_id } = record.task;
    let end: TaskEnd | undefined;
    try {
      const answer = await link.peer.request('task.execute', executePayload(record, clock.now()), {
        ...(dispatch_id === undefined ? {} : { requestId: dispatch_id }),
        ...(record.trace === undefined ? {} : { trace: record.trace }),
        timeoutMs: LONGEST_WAIT_MS,
        signal: flight.controller.signal,
      });
      end = endByResult(answer);
    } catch (error) {
      // Aborted: the task has ended, or the connection is gone and nobody knows whether the node acted.
      if (!flight.controller.signal.aborted) end = endByError(error, telemetry, random);
    }
    flight.answered = end !== undefined;
    background.run('settle a task', async () => {
      try {
        if (end !== undefined) await settle(link.tenant, task_id, dispatch_id, end);
      } finally {
        release(link, flight);
      }
    });
  }

  async function settle(tenant: string, taskId: string, dispatchId: string | undefined, end: TaskEnd): Promise<void> {
    await background.persist('settle a task', () =>
      inTenant(services, tenant, async (unit) => {
        const record = await findTask(unit.tx, tenant, taskId);
        if (record?.task.status === 'dispatched' && record.task.dispatch_id === dispatchId) {
          await endKeepable(unit, record, end);
          return;
        }
        unit.afterCommit(() =>
          telemetry.log('info', 'a node answered a dispatch that nobody waits for', {
            task_id: taskId,
            dispatch_id: dispatchId,
          }),
        );
      }),
    );
  }

  /** What no event can carry is not kept, and the task says so. */
  async function endKeepable(unit: TenantUnit, record: TaskRecord, end: TaskEnd): Promise<void> {
    try {
      await endTask(unit, alarms, record, end);
    } catch (error) {
      if (!ProtocolError.is(error)) throw error;
      await endTask(unit, alarms, record, { status: 'failed', error: { code: error.code, message: error.message } });
    }
  }

  function release(link: NodeLink, flight: Flight): void {
    flights.release(link, flight);
    if (flights.laneOf(link).backlog) fill(link);
  }

  /** Gives a node what waits for it, for as long as there is room. */
  function fill(link: NodeLink): void {
    const lane = flights.laneOf(link);
    lane.backlog = true;
    if (lane.filling || background.stopping || !link.open) return;
    lane.filling = true;
    background.run('look for tasks', async () => {
      try {
        while (lane.backlog && lane.flights.size < options.mostPerNode && link.open && !background.stopping) {
          lane.backlog = false;
          await background.persist('look for tasks', () => fillOnce(link));
        }
      } finally {
        lane.filling = false;
      }
    });
  }

  async function fillOnce(link: NodeLink): Promise<void> {
    const lane = flights.laneOf(link);
    const waiting = await store.transact((tx) => waitingFor(tx, link, lane.flights, options.mostPerNode));
    for (const taskId of waiting) {
      // `give` says where there was no room for it, and then the lane knows that there is more.
      if (link.capabilities !== undefined) give(link, taskId);
    }
  }

  /** Tells a node that nobody waits for its answer any more, unless the end of the task was its answer. */
  function abort(tenant: string, { task_id, node_id, dispatch_id, status, error }: Task): void {
    if (node_id === undefined || dispatch_id === undefined) return;
    const link = links.find(tenant, node_id);
    if (link === undefined) return;
    const flight = flights.laneOf(link).flights.get(task_id);
    if (flight?.answered === true) return;
    flight?.controller.abort();
    if (link.capabilities === undefined) return;
    link.peer.request('task.abort', { dispatch_id, reason: error?.message ?? status }).catch((cause: unknown) => {
      // At revision 2 there is no abort, and a node that is gone needs none.
      const why = cause instanceof Error ? cause.message : String(cause);
      telemetry.log('debug', 'a node was not told to abort', { task_id, cause: why });
    });
  }

  async function renew(unit: TenantUnit, record: TaskRecord): Promise<void> {
    const task = { ...record.task, lease_expires_at: wireTime(unit.now + leaseMs) };
    await keepTask(unit, alarms, { ...record, task, adoptable: false });
  }

  /** Whether this process waits for the answer to a dispatch, over a connection that is open. */
  function awaits(tenant: string, { task }: TaskRecord): boolean {
    const link = links.find(tenant, task.node_id ?? '');
    const flight = link && flights.laneOf(link).flights.get(task.task_id);
    return flight !== undefined && (flight.dispatchId === undefined || flight.dispatchId === task.dispatch_id);
  }

  alarms.on(TASK_ALARM, async (unit, taskId) => {
    const record = await findTask(unit.tx, unit.tenant, taskId);
    if (record === undefined || hasEnded(record.task)) return;
    const { deadline_at, lease_expires_at } = record.task;
    if (deadline_at !== null && Date.parse(deadline_at) <= unit.now) {
      await endTask(unit, alarms, record, { status: 'failed', error: PAST_DEADLINE });
    } else if (lease_expires_at === null || record.adoptable || Date.parse(lease_expires_at) > unit.now) {
      await keepTask(unit, alarms, record);
    } else if (unit.now < startedAt + leaseMs || awaits(unit.tenant, record)) {
      // The node is at it; or this process has just started, and the node had nobody to come back to until now.
      await renew(unit, record);
    } else {
      await keepTask(unit, alarms, { ...record, adoptable: true });
      const { capability } = record.task;
      if (record.addressed === 'node' || capability === undefined) return;
      unit.afterCommit(() => offerAble(unit.tenant, capability, taskId));
    }
  });

  feed.onTask((tenant, task) => {
    if (task.status === 'queued') offerQueued(tenant, task);
    else if (hasEnded(task)) abort(tenant, task);
  });

  return {
    admitted: fill,
    closed: (link) => flights.drop(link),
    renew,
  };
}

/** The tasks that a node can be given now, those that it holds already first, without those under way there. */
async function waitingFor(
  tx: Transaction,
  { tenant, nodeId, capabilities = new Set() }: NodeLink,
  underWay: ReadonlyMap<string, unknown>,
  most: number,
): Promise<readonly string[]> {
  const found = new Set<string>();
  const sources = [
    { index: 'held', prefix: [nodeId] },
    { index: 'open', prefix: ['node', nodeId] },
    ...[...capabilities].map((id) => ({ index: 'open', prefix: ['capability', id] })),
  ];
  for (const source of sources) {
    let after: string | undefined;
    do {
      const page = await tx.documents.list(tenant, tasks, {
        ...source,
        limit: most,
        ...(after === undefined ? {} : { after }),
      });
      for (const { value } of page.items) if (isOffered(value)) found.add(value.task.task_id);
      after = page.next;
      // One more than there is room for tells the lane that there is more.
    } while (after !== undefined && found.size <= most);
    if (found.size > most) break;
  }
  return [...found];

  /** What a node took for a capability that it has lost waits for the end of its lease, and then for another node. */
  function isOffered({ task, addressed }: TaskRecord): boolean {
    if (underWay.has(task.task_id)) return false;
    return addressed === 'node' || capabilities.has(task.capability ?? '');
  }
}
