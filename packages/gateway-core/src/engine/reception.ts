import {
  CLOSE_CODES,
  type Clock,
  type CloseName,
  decodeFrame,
  describeIssue,
  exceedsUtf8,
  type Issue,
  ProtocolError,
  type Random,
  type RequestFrame,
  type RevisionView,
} from '@tyrum/contracts';
import type { Channel } from '../ports/channel.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { contractError, shortened } from './admission.ts';
import { toProtocolError } from './failure.ts';
import { createInbox } from './inbox.ts';
import type { GatewayLimits } from './limits.ts';
import type { OutgoingRequests } from './outgoing-requests.ts';
import type { Output } from './output.ts';
import type { OwnEvents } from './own-events.ts';
import type { Bucket } from './rate-limit.ts';
import { type AsOf, type Outcome, sayResponse } from './response.ts';
import { createSlidingWindow } from './sliding-window.ts';

/** What comes in on one open connection: every frame is answered, or complained about, and read no faster than that. */
export interface Reception {
  receive(text: string): void;
  /** Takes up what the peer has sent since it was told that it is connected. */
  start(): void;
  /** There may be room again. */
  proceed(): void;
  /** Whether the transport was told not to read. */
  paused(): boolean;
  stop(): void;
}

export interface ReceptionOptions {
  readonly channel: Pick<Channel, 'pause' | 'resume'>;
  readonly output: Pick<Output, 'send' | 'full'>;
  readonly outgoing: Pick<OutgoingRequests, 'settle' | 'spoil'>;
  readonly own: OwnEvents;
  readonly view: RevisionView;
  /** Whether that is the newest revision. */
  readonly current: boolean;
  readonly bucket: Bucket;
  readonly limits: GatewayLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  readonly dispatch: (frame: RequestFrame) => Promise<Outcome>;
  readonly asOfCursor: (asOf: AsOf) => string | undefined;
  /** Reading goes on: what the peer said meanwhile is still to come. */
  readonly onResume: () => void;
  readonly close: (code: number, reason: string) => void;
}

/** In which time so many frames that cannot be answered are too many. */
const UNANSWERABLE_WINDOW_MS = 10_000;
/** The type of a response to a request whose own type cannot be repeated. */
const UNREADABLE_TYPE = 'unknown';

export function createReception(options: ReceptionOptions): Reception {
  const { channel, output, outgoing, view, limits, bucket, telemetry } = options;
  let state: 'waiting' | 'open' | 'stopped' = 'waiting';
  let inFlight = 0;
  let paused = false;
  const inbox = createInbox({ mayTake, take });
  const unanswerable = createSlidingWindow({
    most: limits.malformed_frames,
    windowMs: UNANSWERABLE_WINDOW_MS,
    elapsed: options.clock.elapsed,
  });

  function mayTake(): boolean {
    return state === 'open' && inFlight < limits.max_in_flight && !output.full();
  }

  /** Reads no faster than it answers: a peer that floods or does not read waits in its own socket. */
  function proceed(): void {
    inbox.proceed();
    if (state === 'stopped') return;
    const wanted = inbox.waiting() > 0 || (state === 'open' && !mayTake());
    if (wanted === paused) return;
    paused = wanted;
    if (paused) {
      channel.pause();
      return;
    }
    options.onResume();
    channel.resume();
  }

  function take(text: string): void {
    const decoded = decodeFrame(text, { revision: view.revision, unknownKeys: 'refuse' });
    switch (decoded.kind) {
      case 'request':
        if (!refuseHandshake(decoded.frame.type)) request(decoded.frame);
        return;
      case 'response':
        if (!outgoing.settle(decoded.frame))
          complain({ path: ['request_id'], message: 'nobody asked for this response' });
        return;
      case 'event':
        complain({ path: ['event_id'], message: 'events are sent by the gateway, not to it' });
        return;
      case 'malformed': {
        const { request_id, type = '', response_to, issue } = decoded;
        if (response_to !== undefined) outgoing.spoil(response_to, issue);
        if (request_id === undefined) complain(issue);
        else if (!refuseHandshake(type)) respond(request_id, type, { ok: false, error: malformedError(type, issue) });
      }
    }
  }

  /** A handshake does not begin again: such a frame ends the connection, whatever else is wrong with it. */
  function refuseHandshake(type: string): boolean {
    if (type !== 'connect.init' && type !== 'connect') return false;
    close('bad_handshake', `${type}: the handshake is complete, and connect.init comes once, on a new connection`);
    return true;
  }

  function malformedError(type: string, issue: Issue): ProtocolError {
    const wait = bucket.take();
    if (wait === 0) return contractError(type, [issue]);
    return new ProtocolError('rate_limited', 'too many requests from this device', { retryAfterMs: wait });
  }

  function request(frame: RequestFrame): void {
    inFlight += 1;
    void options.dispatch(frame).then((outcome) => {
      inFlight -= 1;
      respond(frame.request_id, frame.type, outcome);
      proceed();
    });
  }

  function respond(requestId: string, type: string, outcome: Outcome): void {
    if (state === 'stopped') return;
    const { current, asOfCursor } = options;
    const saying = { requestId, type: type === '' ? UNREADABLE_TYPE : type, view, current, asOfCursor };
    try {
      const text = sayResponse(outcome, saying);
      if (exceedsUtf8(text, limits.max_frame_bytes))
        throw new RangeError(`a response of ${text.length} characters fits no frame`);
      output.send(text);
    } catch (cause) {
      // What cannot be said at this revision is our own bug; the peer still gets its one answer.
      output.send(sayResponse({ ok: false, error: toProtocolError(cause, type, telemetry, options.random) }, saying));
    }
  }

  /** Answers what cannot be answered by a response. */
  function complain(issue: Issue): void {
    if (unanswerable.exceeds()) {
      close('protocol_violation', 'too many frames that cannot be answered');
      return;
    }
    output.send(options.own.frame('error', { code: 'contract_error', message: describeIssue(shortened(issue)) }));
  }

  function close(name: CloseName, reason: string): void {
    options.close(CLOSE_CODES[name].code, reason);
  }

  return {
    receive(text) {
      if (state === 'stopped') return;
      if (exceedsUtf8(text, limits.max_frame_bytes)) {
        close('protocol_violation', `a frame is larger than ${limits.max_frame_bytes} bytes`);
        return;
      }
      inbox.add(text);
      proceed();
    },
    start() {
      if (state === 'waiting') state = 'open';
      proceed();
    },
    proceed,
    paused: () => paused,
    stop() {
      state = 'stopped';
      inbox.clear();
    },
  };
}
