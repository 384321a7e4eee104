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
  type ResponseFrame,
  type RevisionView,
} from '@tyrum/contracts';
import type { Channel } from '../../ports/channel.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { toProtocolError } from '../failure.ts';
import type { GatewayLimits } from '../limits.ts';
import { type CursorSource, type Outcome, sayResponse } from '../requests/response.ts';
import { contractError, shortened } from '../rights/admission.ts';
import type { Bucket } from '../rights/rate-limit.ts';
import { Inbox } from './inbox.ts';
import type { Output } from './output.ts';
import type { OwnEvents } from './own-events.ts';
import { createSlidingWindow, type SlidingWindow } from './sliding-window.ts';

export interface ReceptionServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  readonly limits: Pick<GatewayLimits, 'max_in_flight' | 'max_frame_bytes' | 'malformed_frames'>;
  readonly own: Pick<OwnEvents, 'frame'>;
}

/** Whom the frames are for. */
export interface ReceptionOwner {
  readonly view: RevisionView;
  /** Whether that is the newest revision. */
  readonly current: boolean;
  dispatch(frame: RequestFrame): Promise<Outcome>;
  /** Takes a response; answers whether anybody had asked for it. */
  settle(frame: ResponseFrame): boolean;
  /** A response came that cannot be read. Answers whether anybody had asked for it. */
  spoil(requestId: string, issue: Issue): boolean;
  /** Reading goes on: what the peer said meanwhile is still to come. */
  resumed(): void;
  close(code: number, reason: string): void;
}

export interface ReceptionOptions {
  readonly channel: Pick<Channel, 'pause' | 'resume'>;
  readonly output: Pick<Output, 'send' | 'full'>;
  readonly cursors: CursorSource;
  readonly bucket: Bucket;
}

/** In which time so many frames that cannot be answered are too many. */
const UNANSWERABLE_WINDOW_MS = 10_000;
/** The type of a response to a request whose own type cannot be repeated. */
const UNREADABLE_TYPE = 'unknown';

/**
 * What comes in on one open connection: every frame is answered, or complained about, and read no faster than that.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class Reception {
  readonly #services: ReceptionServices;
  readonly #owner: ReceptionOwner;
  readonly #channel: Pick<Channel, 'pause' | 'resume'>;
  readonly #output: Pick<Output, 'send' | 'full'>;
  readonly #cursors: CursorSource;
  readonly #bucket: Bucket;
  readonly #inbox: Inbox;
  /** There since the first frame came that cannot be answered. */
  #unanswerable: SlidingWindow | undefined = undefined;
  #state: 'waiting' | 'open' | 'stopped' = 'waiting';
  #inFlight = 0;
  #paused = false;

  constructor(services: ReceptionServices, owner: ReceptionOwner, options: ReceptionOptions) {
    const { channel, output, cursors, bucket } = options;
    this.#services = services;
    this.#owner = owner;
    this.#channel = channel;
    this.#output = output;
    this.#cursors = cursors;
    this.#bucket = bucket;
    this.#inbox = new Inbox(this);
  }

  receive(text: string): void {
    if (this.#stopped()) return;
    const most = this.#services.limits.max_frame_bytes;
    if (exceedsUtf8(text, most)) {
      this.#close('protocol_violation', `a frame is larger than ${most} bytes`);
      return;
    }
    this.#inbox.add(text);
    this.proceed();
  }

  /** Takes up what the peer has sent since it was told that it is connected. */
  start(): void {
    if (this.#state === 'waiting') this.#state = 'open';
    this.proceed();
  }

  /** There may be room again. Reads no faster than it answers: a peer that floods or does not read waits in its own socket. */
  proceed(): void {
    this.#inbox.proceed();
    if (this.#stopped()) return;
    const wanted = this.#inbox.waiting() > 0 || (this.#state === 'open' && !this.mayTake());
    if (wanted === this.#paused) return;
    this.#paused = wanted;
    if (wanted) {
      this.#channel.pause();
      return;
    }
    this.#owner.resumed();
    this.#channel.resume();
  }

  /** Whether the transport was told not to read. */
  paused(): boolean {
    return this.#paused;
  }

  stop(): void {
    this.#state = 'stopped';
    this.#inbox.clear();
  }

  /** For the inbox: whether there is room for one more frame. */
  mayTake(): boolean {
    return this.#state === 'open' && this.#inFlight < this.#services.limits.max_in_flight && !this.#output.full();
  }

  /** For the inbox: takes up a frame. */
  take(text: string): void {
    const decoded = decodeFrame(text, { revision: this.#owner.view.revision, unknownKeys: 'refuse' });
    switch (decoded.kind) {
      case 'request':
        if (!this.#refuseHandshake(decoded.frame.type)) this.#request(decoded.frame);
        return;
      case 'response':
        if (!this.#owner.settle(decoded.frame))
          this.#complain({ path: ['request_id'], message: 'nobody asked for this response' });
        return;
      case 'event':
        this.#complain({ path: ['event_id'], message: 'events are sent by the gateway, not to it' });
        return;
      case 'malformed': {
        const { request_id, type = '', response_to, issue } = decoded;
        if (response_to !== undefined) this.#owner.spoil(response_to, issue);
        if (request_id === undefined) this.#complain(issue);
        else if (!this.#refuseHandshake(type))
          this.#respond(request_id, type, { ok: false, error: this.#malformedError(type, issue) });
      }
    }
  }

  /** A handshake does not begin again: such a frame ends the connection, whatever else is wrong with it. */
  #refuseHandshake(type: string): boolean {
    if (type !== 'connect.init' && type !== 'connect') return false;
    this.#close(
      'bad_handshake',
      `${type}: the handshake is complete, and connect.init comes once, on a new connection`,
    );
    return true;
  }

  #malformedError(type: string, issue: Issue): ProtocolError {
    const wait = this.#bucket.take();
    if (wait === 0) return contractError(type, [issue]);
    return new ProtocolError('rate_limited', 'too many requests from this device', { retryAfterMs: wait });
  }

  #request(frame: RequestFrame): void {
    // Not the frame: what waits for a commit would keep its payload alive.
    const { request_id, type } = frame;
    this.#inFlight += 1;
    void this.#owner.dispatch(frame).then((outcome) => {
      this.#inFlight -= 1;
      this.#respond(request_id, type, outcome);
      this.proceed();
    });
  }

  #respond(requestId: string, type: string, outcome: Outcome): void {
    if (this.#stopped()) return;
    const { view, current } = this.#owner;
    const { limits, telemetry, random } = this.#services;
    const said = type === '' ? UNREADABLE_TYPE : type;
    const saying = { requestId, type: said, view, current, cursors: this.#cursors };
    try {
      const text = sayResponse(outcome, saying);
      if (exceedsUtf8(text, limits.max_frame_bytes))
        throw new RangeError(`a response of ${text.length} characters fits no frame`);
      this.#output.send(text);
    } catch (cause) {
      // What cannot be said at this revision is our own bug; the peer still gets its one answer.
      this.#output.send(sayResponse({ ok: false, error: toProtocolError(cause, type, telemetry, random) }, saying));
    }
  }

  /** Answers what cannot be answered by a response. */
  #complain(issue: Issue): void {
    const { clock, limits, own } = this.#services;
    this.#unanswerable ??= createSlidingWindow({
      most: limits.malformed_frames,
      windowMs: UNANSWERABLE_WINDOW_MS,
      elapsed: clock.elapsed,
    });
    if (this.#unanswerable.exceeds()) {
      this.#close('protocol_violation', 'too many frames that cannot be answered');
      return;
    }
    this.#output.send(own.frame('error', { code: 'contract_error', message: describeIssue(shortened(issue)) }));
  }

  #stopped(): boolean {
    return this.#state === 'stopped';
  }

  #close(name: CloseName, reason: string): void {
    this.#owner.close(CLOSE_CODES[name].code, reason);
  }
}
