import {
  CLOSE_CODES,
  type Clock,
  type CloseName,
  type Contract,
  closeName,
  type Random,
  SCOPES_OF_ROLE,
  type Scope,
} from '@tyrum/contracts';
import type { Principal } from '../ports/authenticator.ts';
import type { Channel } from '../ports/channel.ts';
import type { LogReader } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { causeText } from './after-commit.ts';
import { maySee, type Viewer } from './audience.ts';
import type { CursorAudience, CursorCodec } from './cursor.ts';
import { createDelivery } from './delivery.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EncodedEvent } from './encoded-event.ts';
import type { EngineOperationTarget } from './engine-operations.ts';
import type { Caller } from './handlers.ts';
import type { Initialised } from './handshake.ts';
import { createHeartbeat } from './heartbeat.ts';
import type { GatewayLimits } from './limits.ts';
import { createOutgoingRequests } from './outgoing-requests.ts';
import { createOutput } from './output.ts';
import { createOwnEvents } from './own-events.ts';
import type { Peer } from './peer.ts';
import type { Bucket } from './rate-limit.ts';
import { createReception } from './reception.ts';
import type { RecoveryPlan } from './recovery.ts';
import type { Outcome } from './response.ts';
import type { TenantLog } from './tenant-logs.ts';

/** A connection whose handshake is complete: requests in, responses and events out. */
export interface Session extends Peer {
  // Set anew when they change: an accessor would cost every connection an object shape of its own.
  scopes: ReadonlySet<Scope>;
  receive(text: string): void;
  receiveBinary(): void;
  alive(): void;
  drained(): void;
  /** New durable events of the tenant can be read. */
  pump(): void;
  /** Sends an event that is not in the log, unless the peer may not see it or is behind. */
  sendLive(event: EncodedEvent): void;
  /** Begins delivery, and takes up what the peer has sent since it was told that it is connected. */
  start(): void;
  /** Tells the peer that the gateway stops. */
  announceDraining(reconnectAfterMs: number): void;
  /** The socket is gone: nothing of this session acts any more. */
  end(): void;
}

/** What all sessions of a gateway share. */
export interface SessionServices {
  readonly contract: Contract;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  readonly limits: GatewayLimits;
  readonly log: LogReader;
  readonly codec: CursorCodec;
  readonly dispatcher: Dispatcher;
  readonly engineOperation: (target: EngineOperationTarget, type: string, payload: unknown) => Promise<Outcome>;
}

export interface SessionOptions {
  readonly channel: Channel;
  readonly principal: Principal;
  readonly initialised: Initialised;
  readonly tenantLog: TenantLog;
  readonly plan: RecoveryPlan;
  readonly bucket: Bucket;
  /** The session wants its socket closed; the connection does it, and cuts the reason. */
  readonly close: (code: number, reason: string) => void;
}

export function createSession(services: SessionServices, options: SessionOptions): Session {
  const { contract, clock, random, limits, codec, dispatcher, telemetry } = services;
  // Taken out here: what a function below names stays for as long as the connection, and the rest of the options need not.
  const { channel, principal, initialised, tenantLog, plan, bucket, close: closeWith } = options;
  const { tenant, tokenId } = principal;
  const { revision, role, connectionId, device } = initialised;
  const deviceId = device.device_id;
  const view = contract.at(revision);
  const current = revision === contract.current.revision;
  const extensions = new Set(initialised.extensions);
  const own = createOwnEvents({ clock, random });

  let scopes = scopesOf(principal.scopes);
  let caller = makeCaller();
  const viewer = { role, deviceId, extensions, scopes };
  /** Whom cursors were made for on this connection, by their half of it; the newest is last. */
  const audiences = new Map<string, CursorAudience>();
  let state: 'opening' | 'open' | 'ended' = 'opening';

  const close = (name: CloseName, reason: string) => closeWith(CLOSE_CODES[name].code, reason);
  const output = createOutput({
    channel,
    clock,
    highWaterBytes: limits.high_water_bytes,
    stallMs: limits.stall_ms,
    onStall: () => close('overloaded', 'the peer has stopped reading'),
  });
  const outgoing = createOutgoingRequests({ view, role, extensions, clock, random, send: output.send });
  const delivery = createDelivery({
    tenant,
    viewer,
    view,
    output,
    tenantLog,
    log: services.log,
    position: plan.position,
    placeHalf: plan.placeHalf,
    audienceHalf: bindAudience(),
    window: limits.event_window,
    sayBookmark: own.bookmark,
    onLost(reason, cause) {
      telemetry.log('error', reason, {
        tenant,
        device_id: deviceId,
        ...(cause === undefined ? {} : { cause: causeText(cause) }),
      });
      close('overloaded', reason);
    },
  });
  const target: EngineOperationTarget = {
    tenant,
    deviceId,
    view,
    current,
    connection: {
      epoch: tenantLog.tail.epoch,
      audiences: () => [...audiences.values()].reverse(),
      delivery,
    },
  };
  const engineOperation = (type: string, payload: unknown) => services.engineOperation(target, type, payload);
  const heartbeat = createHeartbeat({
    clock,
    intervalMs: limits.heartbeat_ms,
    ping: () => channel.ping(),
    // A peer that has much to read first, or whose words wait on this side, is late and not gone.
    excused: () => reception.paused() || output.behind(),
    onBeat: delivery.bookmark,
    onDead: () => close('going_away', 'no sign of life'),
  });
  const reception = createReception({
    channel,
    output,
    outgoing,
    own,
    view,
    current,
    bucket,
    limits,
    clock,
    random,
    telemetry,
    dispatch: (frame) => dispatcher.dispatch({ frame, view, caller, bucket, engineOperation, onRead: delivery.name }),
    asOfCursor: delivery.cursorAt,
    onResume: heartbeat.alive,
    close: closeWith,
  });

  function scopesOf(wanted: readonly Scope[]): ReadonlySet<Scope> {
    return new Set(wanted.filter((scope) => SCOPES_OF_ROLE[role].includes(scope)));
  }

  /** Who asks, for as long as the scopes stay as they are: a request that runs keeps what it was admitted with. */
  function makeCaller(): Caller & Viewer {
    return { tenant, deviceId, role, scopes, tokenId, connectionId, extensions };
  }

  function bindAudience(): string | undefined {
    if (revision < 3) return undefined;
    const audience: CursorAudience = { tenant, deviceId, role, scopes, revision };
    const half = codec.audienceHalf(audience);
    audiences.delete(half);
    audiences.set(half, audience);
    return half;
  }

  const session: Session = {
    connectionId,
    tenant,
    deviceId,
    role,
    revision,
    tokenId,
    deviceBound: principal.deviceId === deviceId,
    scopes,
    label: device.label,
    capabilities: initialised.capabilities,
    extensions,
    receive(text) {
      heartbeat.alive();
      reception.receive(text);
    },
    receiveBinary: () => close('protocol_violation', 'the protocol has no binary frames'),
    alive: heartbeat.alive,
    drained() {
      // Told after every write; for most there is nothing to take up.
      if (!output.relieved()) return;
      reception.proceed();
      delivery.pump();
    },
    pump() {
      if (state === 'open') delivery.pump();
    },
    sendLive(encoded) {
      if (state !== 'open' || output.full() || !encoded.visibleTo(viewer)) return;
      const { scope } = encoded.event;
      for (const frame of encoded.framesAt(revision)) {
        if (maySee(viewer, frame.view, frame.device) && delivery.wants(frame.type, scope)) output.send(frame.text);
      }
    },
    start() {
      if (state !== 'opening') return;
      state = 'open';
      delivery.pump();
      reception.start();
    },
    announceDraining(reconnectAfterMs) {
      if (view.events.has('gateway.draining'))
        output.send(own.frame('gateway.draining', { reconnect_after_ms: reconnectAfterMs }));
    },
    request: outgoing.request,
    sendDirect(type, payload) {
      if (state === 'ended') return;
      for (const words of view.sayEvent(type, payload)) {
        const extension = view.events.get(words.type)?.extension;
        if (extension === undefined || extensions.has(extension)) output.send(own.frame(words.type, words.payload));
      }
    },
    setScopes(wanted) {
      scopes = scopesOf(wanted);
      session.scopes = scopes;
      viewer.scopes = scopes;
      caller = makeCaller();
      const half = bindAudience();
      if (half !== undefined) delivery.rebind(half);
    },
    close(code, reason) {
      if (closeName(code) === undefined) throw new RangeError(`${code} is not a close code of this protocol`);
      closeWith(code, reason);
    },
    end() {
      if (state === 'ended') return;
      state = 'ended';
      reception.stop();
      heartbeat.stop();
      output.stop();
      delivery.stop();
      outgoing.abandon();
      tenantLog.release();
    },
  };
  return session;
}
