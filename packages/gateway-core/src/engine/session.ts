import {
  type Clock, CLOSE_CODES, type CloseName, type Contract, cutCloseReason, decodeFrame, describeIssue, exceedsUtf8, type Issue, ProtocolError, type Random,
  randomUuid, type RequestFrame, type RevisionView, type Scope, SCOPES_OF_ROLE,
} from '@tyrum/contracts';
import type { Principal } from '../ports/authenticator.ts';
import type { Channel } from '../ports/channel.ts';
import type { LogReader, NewEvent } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { contractError } from './admission.ts';
import { maySee, type Viewer } from './audience.ts';
import type { CursorAudience, CursorCodec } from './cursor.ts';
import { createDelivery } from './delivery.ts';
import type { Dispatcher } from './dispatcher.ts';
import { encodeLiveEvent } from './encoded-event.ts';
import type { EngineOperationTarget } from './engine-operations.ts';
import type { Initialised } from './handshake.ts';
import { createHeartbeat } from './heartbeat.ts';
import type { GatewayLimits } from './limits.ts';
import { createOutgoingRequests } from './outgoing-requests.ts';
import { createOutput } from './output.ts';
import type { Peer } from './peer.ts';
import { type Bucket, createBucket } from './rate-limit.ts';
import type { RecoveryPlan } from './recovery.ts';
import { type Outcome, sayResponse } from './response.ts';
import type { TenantLog } from './tenant-logs.ts';

/** A connection whose handshake is complete: requests in, responses and events out. */
export interface Session extends Peer {
  receive(text: string): void;
  receiveBinary(): void;
  alive(): void;
  drained(): void;
  /** New durable events of the tenant can be read. */
  pump(): void;
  /** Sends an event that is not in the log, unless the peer may not see it or is behind. */
  sendLive(event: NewEvent): void;
  /** Begins delivery and heartbeat. */
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
  /** The session wants its socket closed; the connection does it. */
  readonly close: (code: number, reason: string) => void;
}

export function createSession(services: SessionServices, options: SessionOptions): Session {
  const { contract, clock, random, limits, codec, dispatcher } = services;
  const { channel, principal, initialised, tenantLog, plan } = options;
  const { tenant } = principal;
  const { revision, role, connectionId, device } = initialised;
  const view: RevisionView = contract.at(revision);
  const current = revision === contract.served.at(-1);
  const extensions = new Set(initialised.extensions);
  const scopes = new Set<Scope>(principal.scopes.filter((scope) => SCOPES_OF_ROLE[role].includes(scope)));
  const viewer: Viewer = { role, scopes, deviceId: device.device_id, extensions };
  const audience = (): CursorAudience => ({ tenant, deviceId: device.device_id, role, scopes, revision });
  const hasCursors = revision >= 3;
  let audienceHalf = hasCursors ? codec.audienceHalf(audience()) : undefined;
  let ended = false;
  let inFlight = 0;
  let paused = false;

  const close = (name: CloseName, reason: string) => options.close(CLOSE_CODES[name].code, cutCloseReason(reason));
  const output = createOutput({
    channel,
    clock,
    highWaterBytes: limits.high_water_bytes,
    stallMs: limits.stall_ms,
    onStall: () => close('overloaded', 'the peer has stopped reading'),
  });
  const outgoing = createOutgoingRequests({ view, clock, random, send: output.send });
  const unanswerable = createBucket({ perSecond: limits.malformed_frames / 10, burst: limits.malformed_frames, elapsed: clock.elapsed });
  const delivery = createDelivery({
    tenant,
    viewer,
    view,
    output,
    tail: tenantLog.tail,
    log: services.log,
    encode: tenantLog.encode,
    placeHalfAt: tenantLog.placeHalf,
    position: plan.position,
    placeHalf: plan.placeHalf,
    audienceHalf,
    window: limits.event_window,
    onFailure: (error) => {
      services.telemetry.log('error', 'the log cannot be read', { cause: String(error) });
      close('overloaded', 'the log cannot be read now');
    },
  });
  const target: EngineOperationTarget = { tenant, deviceId: device.device_id, revision, audience, delivery };
  let heartbeat: ReturnType<typeof createHeartbeat> | undefined;

  function receive(text: string): void {
    if (ended) return;
    heartbeat?.alive();
    if (exceedsUtf8(text, limits.max_frame_bytes)) {
      close('protocol_violation', `a frame is larger than ${limits.max_frame_bytes} bytes`);
      return;
    }
    const decoded = decodeFrame(text, { revision, unknownKeys: 'refuse' });
    switch (decoded.kind) {
      case 'request':
        request(decoded.frame);
        return;
      case 'response':
        if (!outgoing.settle(decoded.frame)) complain({ path: ['request_id'], message: 'nobody asked for this response' });
        return;
      case 'event':
        complain({ path: ['event_id'], message: 'events are sent by the gateway, not to it' });
        return;
      case 'malformed':
        if (decoded.request_id === undefined) complain(decoded.issue);
        else respond(decoded.request_id, decoded.type ?? '', { ok: false, error: contractError(decoded.type ?? '', [decoded.issue]) });
    }
  }

  function request(frame: RequestFrame): void {
    if (frame.type === 'connect.init' || frame.type === 'connect.proof' || frame.type === 'connect') {
      close('bad_handshake', `the handshake is complete; ${frame.type} has no place here`);
      return;
    }
    inFlight += 1;
    regulateReading();
    const caller = { tenant, deviceId: device.device_id, role, scopes, tokenId: principal.tokenId, connectionId, extensions };
    const engineOperation = (type: string, payload: unknown) => services.engineOperation(target, type, payload);
    void dispatcher.dispatch({ frame, view, caller, bucket: options.bucket, engineOperation }).then((outcome) => {
      inFlight -= 1;
      respond(frame.request_id, frame.type, outcome);
      regulateReading();
    });
  }

  function respond(requestId: string, type: string, outcome: Outcome): void {
    if (ended) return;
    const saying = { requestId, type, revision, current, view: view.requests.get(type), asOfCursor };
    let text: string;
    try {
      text = sayResponse(outcome, saying);
    } catch (cause) {
      // A result that cannot be said at this revision is our own bug; the peer still gets its one answer.
      services.telemetry.log('error', 'a result cannot be said', { type, revision, cause: String(cause) });
      text = sayResponse({ ok: false, error: new ProtocolError('internal', 'the gateway failed') }, saying);
    }
    output.send(text);
  }

  function asOfCursor({ position, eventId }: { readonly position: number; readonly eventId: string }): string | undefined {
    return audienceHalf === undefined ? undefined : `${audienceHalf}.${tenantLog.placeHalf(position, eventId)}`;
  }

  /** Answers what cannot be answered by a response. */
  function complain(issue: Issue): void {
    if (unanswerable.take() > 0) {
      close('protocol_violation', 'too many frames that cannot be answered');
      return;
    }
    sendEvent('error', { code: 'contract_error', message: describeIssue(issue) });
  }

  function sendEvent(type: string, payload: unknown, cursor = ''): void {
    output.send(
      `{"event_id":"${randomUuid(random)}","type":"${type}","occurred_at":"${new Date(clock.now()).toISOString()}","payload":${JSON.stringify(payload)}${cursor}}`,
    );
  }

  /** Reads no faster than it answers: a peer that floods or does not read waits in its own socket. */
  function regulateReading(): void {
    const wanted = inFlight >= limits.max_in_flight || output.full();
    if (wanted === paused || ended) return;
    paused = wanted;
    if (paused) channel.pause();
    else channel.resume();
  }

  return {
    connectionId,
    tenant,
    deviceId: device.device_id,
    role,
    revision,
    tokenId: principal.tokenId,
    deviceBound: principal.deviceId === device.device_id,
    scopes,
    label: device.label,
    capabilities: initialised.capabilities,
    extensions,
    receive,
    receiveBinary: () => close('protocol_violation', 'the protocol has no binary frames'),
    alive: () => heartbeat?.alive(),
    drained() {
      regulateReading();
      delivery.pump();
    },
    pump: () => delivery.pump(),
    sendLive(event) {
      if (ended || output.full()) return;
      const eventView = view.events.get(event.type);
      if (eventView === undefined || !maySee(viewer, eventView, event.device) || !delivery.wants(event.type, event.scope)) return;
      for (const { text } of encodeLiveEvent(contract, revision, event)) output.send(text);
    },
    start() {
      heartbeat = createHeartbeat({
        clock,
        intervalMs: limits.heartbeat_ms,
        ping: () => channel.ping(),
        paused: () => paused,
        onBeat: () =>
          delivery.bookmark(
            (cursor, prev) =>
              `{"event_id":"${randomUuid(random)}","type":"events.bookmark","occurred_at":"${new Date(clock.now()).toISOString()}","payload":{},"cursor":"${cursor}","prev":"${prev}"}`,
          ),
        onDead: () => close('going_away', 'no sign of life'),
      });
      delivery.pump();
    },
    announceDraining(reconnectAfterMs) {
      if (view.events.has('gateway.draining')) sendEvent('gateway.draining', { reconnect_after_ms: reconnectAfterMs });
    },
    request: outgoing.request,
    sendDirect(type, payload) {
      if (ended) return;
      for (const words of view.sayEvent(type, payload)) sendEvent(words.type, words.payload);
    },
    setScopes(wanted) {
      scopes.clear();
      for (const scope of wanted) if (SCOPES_OF_ROLE[role].includes(scope)) scopes.add(scope);
      if (!hasCursors) return;
      audienceHalf = codec.audienceHalf(audience());
      delivery.rebind(audienceHalf);
    },
    close: (code, reason) => options.close(code, cutCloseReason(reason)),
    end() {
      if (ended) return;
      ended = true;
      heartbeat?.stop();
      output.stop();
      delivery.stop();
      outgoing.abandon();
      tenantLog.release();
    },
  };
}
