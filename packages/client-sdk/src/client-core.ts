import type { EventFrame } from '@tyrum/contracts';
import { describeIssue, isErrorCode, ProtocolError } from '@tyrum/contracts/spoken';
import { ClientError } from './client-error.ts';
import type { ResolvedOptions } from './client-options.ts';
import type { ClientState } from './client-state.ts';
import type { Link } from './connection/connection.ts';
import { lost } from './connection/ending.ts';
import { createGatewayTrust, type GatewayTrust } from './connection/gateway-trust.ts';
import { type Heartbeat, startHeartbeat } from './connection/heartbeat.ts';
import { createSupervisor, type Supervisor } from './connection/supervisor.ts';
import { createTokenSource } from './connection/token-source.ts';
import { createAcknowledger } from './events/acknowledger.ts';
import { type CursorIndex, createCursorIndex } from './events/cursor-index.ts';
import { createEventListeners, type EventListeners } from './events/event-listeners.ts';
import { createSequencer, type Sequencer } from './events/sequencer.ts';
import { createControlRequests } from './requests/control.ts';
import { createOutbox } from './requests/outbox.ts';
import { createPending, type Pending } from './requests/pending.ts';
import type { IncomingRequests } from './serving/incoming-requests.ts';
import { createStoredValue } from './storage/stored-value.ts';

/** The parts of a client, wired to one connection at a time. */
export interface ClientCore {
  readonly supervisor: Supervisor;
  readonly pending: Pending;
  readonly sequencer: Sequencer;
  readonly listeners: EventListeners;
  readonly cursors: CursorIndex;
  readonly incoming: IncomingRequests;
  readonly trust: GatewayTrust;
  /** Resolves once the place in the events is in the storage, and the gateway was told of it. */
  flush(): Promise<void>;
}

export interface CoreHooks {
  readonly changed: (state: ClientState) => void;
  /** The client stopped or was closed. */
  readonly halted: (error: ClientError) => void;
}

/** Cursors whose order is remembered at least: far more than are in flight. */
const REMEMBERED_CURSORS = 8_192;

export function createClientCore(options: ResolvedOptions, hooks: CoreHooks): ClientCore {
  const { clock, random, limits, onError, identity } = options;
  const stored = (name: string) => createStoredValue(options.storage, `tyrum/${identity.deviceId}/${name}`);
  const place = stored('cursor');
  const tokens = createTokenSource(options.token, stored('token'));
  const trust = createGatewayTrust(options.gatewayPin, stored('gateway'));
  const control = createControlRequests(random);
  const cursors = createCursorIndex(clock, REMEMBERED_CURSORS);
  const acknowledger = createAcknowledger({ ...limits, clock, store: (cursor) => place.save(cursor), onError });
  const listeners = createEventListeners(onError);
  const sequencer = createSequencer({
    listeners,
    acknowledger,
    cursors,
    resume: options.resume,
    maxQueuedEvents: limits.maxQueuedEvents,
    fail: (ending) => supervisor.fail(ending),
    onError,
  });
  const pending = createPending({
    ...options,
    revision: Math.max(...options.revisions),
    outbox: options.keepsRequests ? createOutbox(stored('outbox')) : undefined,
    onIdle: leaveWhenIdle,
  });
  const incoming = options.serve(options, leaveWhenIdle);
  const supervisor = createSupervisor(options, trust, tokens, {
    prepare,
    opened,
    frame,
    lost: connectionLost,
    halted(error) {
      sequencer.halt();
      pending.halt(error);
      hooks.halted(error);
    },
    changed: hooks.changed,
  });

  let link: Link | undefined;
  let heartbeat: Heartbeat | undefined;
  let restored = false;

  async function prepare(): Promise<string | undefined> {
    await pending.restore();
    if (!restored) sequencer.restore(await place.load());
    restored = true;
    return sequencer.resumeCursor();
  }

  function opened(next: Link): void {
    link = next;
    heartbeat = startHeartbeat({
      clock,
      intervalMs: next.session.limits.heartbeat_ms,
      ask: () => control.send(next, 'ping', {}).catch(ignoreLoss),
      onDead: () => supervisor.fail(lost('open', 'the gateway fell silent')),
    });
    if (next.session.mutual !== undefined) {
      acknowledger.opened((cursor) => control.send(next, 'events.ack', { cursor }), next.session.limits.event_window);
    }
    sequencer.opened(next.session);
    pending.opened(next);
  }

  /** A ping says all it has to say by being answered at all. */
  function ignoreLoss(error: unknown): void {
    if (!ClientError.is(error) && !ProtocolError.is(error)) onError(error, 'ping');
  }

  function connectionLost(): void {
    link = undefined;
    heartbeat?.stop();
    control.lost();
    acknowledger.lost();
    sequencer.lost();
    pending.lost();
  }

  function frame(text: string): void {
    if (link === undefined) return;
    heartbeat?.heard();
    const decoded = options.decode(text, link.session.view.revision);
    switch (decoded.kind) {
      case 'response':
        if (!control.receive(decoded.frame)) pending.receive(decoded.frame);
        return;
      case 'request':
        return incoming.receive(link, decoded.frame);
      case 'event':
        noticeEvent(decoded.frame);
        return sequencer.receive(decoded.frame);
      case 'malformed': {
        const { request_id: requestId, type, response_to: answered, issue } = decoded;
        if (requestId !== undefined) return incoming.refuse(link, requestId, type ?? '', issue);
        if (answered !== undefined && pending.receiveUnreadable(answered, `response: ${describeIssue(issue)}`)) return;
        onError(new ClientError('invalid_message', `frame of the gateway: ${describeIssue(issue)}`), 'reading a frame');
      }
    }
  }

  /** The events that are about this client itself, before they go on to the application. */
  function noticeEvent({ type, payload }: EventFrame): void {
    const {
      reconnect_after_ms: delay,
      scoped_token: token,
      code,
      message,
    } = (payload ?? {}) as Record<string, unknown>;
    if (type === 'gateway.draining' && typeof delay === 'number') drain(delay);
    if (type === 'pairing.updated' && typeof token === 'string' && options.role === 'node') takeToken(token);
    if (type === 'error') {
      onError(new ProtocolError(isErrorCode(code) ? code : 'internal', String(message)), 'a frame of this client');
    }
  }

  function takeToken(token: string): void {
    tokens.replace(token).then(
      () => options.onToken(token),
      (error: unknown) => {
        onError(error, 'storing the token');
        options.onToken(token);
      },
    );
  }

  function drain(reconnectAfterMs: number): void {
    supervisor.drain(reconnectAfterMs);
    pending.hold();
  }

  /** A stopping gateway is left as soon as nothing runs on its connection any more. */
  function leaveWhenIdle(): void {
    if (supervisor.state.status === 'draining' && pending.inFlight === 0 && incoming.running === 0) {
      supervisor.fail(lost('open', 'the gateway stops'));
    }
  }

  return { supervisor, pending, sequencer, listeners, cursors, incoming, trust, flush: () => acknowledger.flush() };
}
