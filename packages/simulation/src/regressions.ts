import type { Bug } from './mutations/mutation.ts';
import type { ActorPlan, GatewayPlan, Plan } from './plan/plan.ts';
import type { Invariant } from './truth/verdict.ts';

/** A bug of the product that a world once found, and a world made so that it finds it again. */
export interface Regression {
  readonly bug: Bug;
  /** What it breaks there. */
  readonly violates: Invariant;
  readonly plan: Plan;
}

const gateway: GatewayPlan = {
  revisions: [3],
  limits: {
    event_window: 16,
    max_in_flight: 32,
    high_water_bytes: 32_768,
    heartbeat_ms: 10_000,
    stall_ms: 20_000,
    drain_ms: 200,
  },
};

const client: ActorPlan = {
  name: 'client-1',
  role: 'client',
  tenant: 'meadow',
  scopes: ['operator.read', 'operator.write'],
  revisions: [3],
  extended: true,
  storage: true,
  resume: 'now',
  listens: 'handlers',
  slowness: 0,
  road: { latency: [10, 10], bytesPerMs: Number.POSITIVE_INFINITY },
};

export const regressions: readonly Regression[] = [
  {
    bug: {
      name: 'tells a peer that it is connected whose token ended meanwhile',
      edits: [
        {
          file: 'gateway-core/src/engine/connection/open-session.ts',
          find: 'tokenWatch.watch(session, principal); if (connection.isClosed()) return undefined;',
          replace: '',
        },
        {
          file: 'gateway-core/src/engine/connection/open-session.ts',
          find: 'if (session === undefined) return;',
          replace:
            'if (session === undefined) return; services.tokenWatch.watch(session, opening.principal); if (opening.connection.isClosed()) return;',
        },
      ],
    },
    violates: 'every event or told',
    plan: {
      seed: 'a token is revoked during a long handshake',
      gateway,
      actors: [{ ...client, road: { latency: [500, 500], bytesPerMs: Number.POSITIVE_INFINITY } }],
      items: [
        broken(client.name, 9_000),
        { at: 9_900, do: 'revoke the token', who: client.name, scopes: client.scopes },
      ],
      until: 20_000,
    },
  },
  {
    bug: {
      name: 'hands on again what was done with while the client was stopped',
      edits: [
        {
          file: 'client-sdk/src/events/sequencer.ts',
          find: 'halted = true; queue = [];',
          replace:
            'halted = true; queue = []; for (const entry of unpassed) if (entry.frame) recent.forget(entry.frame.event_id); unpassed = [];',
        },
      ],
    },
    violates: 'every event or told',
    plan: {
      seed: 'a client stops while its application works on an event',
      gateway,
      actors: [{ ...client, listens: 'iterator', slowness: 400 }],
      items: [
        ...Array.from({ length: 12 }, (_, index) => added(client.name, 5_000 + index, index)),
        // It stops, because there is no revision in common any more, and is helped in vain until there is.
        { at: 5_300, do: 'crash the gateway', silent: false, downMs: 10, revisions: [2] },
        { at: 8_000, do: 'restart the gateway', downMs: 10, revisions: [3] },
      ],
      until: 20_000,
    },
  },
  {
    bug: {
      name: 'forgets at revision 2 that events were missed, and keeps what came after them',
      edits: [
        {
          file: 'client-sdk/src/events/sequencer.ts',
          find: "while (queue.at(-1)?.kind === 'snapshot') queue.pop();",
          replace: "queue = queue.filter(({ kind }) => kind === 'event');",
        },
      ],
    },
    violates: 'every event or told',
    plan: {
      seed: 'two connections end while an application works on what the first one brought',
      gateway: { ...gateway, revisions: [2, 3] },
      actors: [
        { ...client, revisions: [2], slowness: 400 },
        { ...client, name: 'client-2' },
      ],
      items: [
        ...[5_000, 5_001, 5_002, 5_003, 5_004, 5_005, 5_006, 5_007, 5_100, 5_600].map((at, index) =>
          added('client-2', at, index),
        ),
        ...[5_080, 5_700].map((at) => broken(client.name, at)),
      ],
      until: 20_000,
    },
  },
  {
    bug: {
      name: 'tells a peer that waits for credit nothing, so that it never learns what it should acknowledge',
      edits: [
        {
          file: 'gateway-core/src/engine/events/delivery.ts',
          find: '(this.#position < this.#tail.head && this.#canSend())',
          replace: 'this.#position < this.#tail.head',
        },
      ],
    },
    violates: 'convergence',
    plan: {
      seed: 'a middlebox loses as many events as there is credit for',
      gateway: { ...gateway, limits: { ...gateway.limits, event_window: 2 } },
      actors: [client, { ...client, name: 'client-2' }],
      items: [5_000, 5_500, 6_000].flatMap((at, index) => [
        ...(index < 2 ? [{ at: at - 1, do: 'lose an event' as const, who: client.name }] : []),
        added('client-2', at, index),
      ]),
      until: 20_000,
    },
  },
];

/** One request of an actor, plainly made. */
function added(who: string, at: number, index: number): Plan['items'][number] {
  return { at, do: 'add', who, token: `t${index}`, counter: 'apples', by: 1, manner: 'well', asides: [], padding: 0 };
}

/** The connection of an actor ends, and both sides hear of it at once. */
function broken(who: string, at: number): Plan['items'][number] {
  return { at, do: 'break', who, how: { clientHearsAfter: 0, gatewayHearsAfter: 0, underWay: 'lost' } };
}
