import type { Clock } from '@tyrum/contracts';
import { cutCloseReason, HANDSHAKE_LIMITS } from '@tyrum/contracts/spoken';
import type { Parts } from '../parts.ts';
import type { ConnectSocket, Socket, SocketRequest } from '../ports/socket.ts';
import { type ConnectionPhase, type Ending, endingOfClose, endingOfRefusal, lost } from './ending.ts';
import type { HandshakeChannel, HandshakeOutcome } from './handshake.ts';
import { BARE_REVISION } from './offer.ts';
import type { Session } from './session.ts';

/** An open connection, as those who send on it see it. */
export interface Link {
  readonly session: Session;
  /** After the end it does nothing. */
  send(text: string): void;
  readonly bufferedBytes: number;
}

export interface ConnectionListener {
  /** The handshake is complete and proven. */
  opened(link: Link): void;
  /** One frame after the handshake. */
  frame(text: string): void;
  /** Called once, and nothing after it; not at all after `abandon`. */
  ended(ending: Ending, wasOpen: boolean): void;
}

/** One socket, from its opening to its end. */
export interface Connection {
  /** Ends it as failed, for a reason that this side found. */
  fail(ending: Ending): void;
  /** Ends it silently. */
  abandon(): void;
}

export interface ConnectionOptions extends Pick<Parts, 'decode'> {
  readonly request: SocketRequest;
  readonly connectSocket: ConnectSocket;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  /** Whether revision 2 alone is offered. */
  readonly offersBare: boolean;
  readonly shakeHands: (channel: HandshakeChannel) => Promise<HandshakeOutcome>;
}

/** What a browser allows a page to close with, beside the codes of the protocol. */
const NORMAL = 1000;
/** Says to the gateway that its part of the handshake did not hold. */
const HANDSHAKE_REFUSED = 4003;

/** Opens a socket, shakes hands on it and hands its frames on. */
export function openConnection(options: ConnectionOptions, listener: ConnectionListener): Connection {
  const { clock } = options;
  let phase: ConnectionPhase | 'ended' = 'connecting';
  let socket: Socket | undefined;
  const inbox: string[] = [];
  let waiting: ((text: string) => void) | undefined;
  let refusal: Ending | undefined;
  /** Whether frames go straight to the listener: not while earlier ones wait in the inbox. */
  let direct = false;
  let cancelTimer = clock.after(options.connectTimeoutMs, () =>
    fail(lost('connecting', `no socket within ${options.connectTimeoutMs} ms`)),
  );

  function fail(ending: Ending): void {
    if (phase === 'ended') return;
    const code = phase === 'handshake' && ending.next === 'stop' ? HANDSHAKE_REFUSED : NORMAL;
    const wasOpen = phase === 'open';
    end(code, ending.error.message);
    listener.ended(ending, wasOpen);
  }

  function end(code: number, reason: string): void {
    phase = 'ended';
    cancelTimer();
    inbox.length = 0;
    socket?.close(code, cutCloseReason(reason));
  }

  async function handshake(): Promise<void> {
    const outcome = await options.shakeHands({
      send: (text) => socket?.send(text),
      receive: () =>
        new Promise((resolve) => {
          const next = inbox.shift();
          if (next === undefined) waiting = resolve;
          else resolve(next);
        }),
    });
    if (phase !== 'handshake') return;
    if (!outcome.ok) return fail(outcome.ending);
    cancelTimer();
    phase = 'open';
    listener.opened({
      session: outcome.session,
      send(text) {
        if (phase === 'open') socket?.send(text);
      },
      get bufferedBytes() {
        return socket?.bufferedBytes ?? 0;
      },
    });
    // The gateway may speak on while its proof is being verified; what it said then comes first.
    for (let text = inbox.shift(); text !== undefined; text = inbox.shift()) listener.frame(text);
    direct = true;
  }

  function opened(): void {
    if (phase !== 'connecting') return;
    phase = 'handshake';
    cancelTimer();
    cancelTimer = clock.after(HANDSHAKE_LIMITS.time_ms, () =>
      fail(lost('handshake', `the handshake took longer than ${HANDSHAKE_LIMITS.time_ms} ms`)),
    );
    // Begun later, because a socket in memory may open before `connectSocket` has returned it.
    Promise.resolve()
      .then(handshake)
      .catch((cause: unknown) =>
        fail(lost('handshake', 'the handshake could not be carried out on this side', { cause })),
      );
  }

  function refusalIn(text: string): Ending | undefined {
    const decoded = options.decode(text, BARE_REVISION);
    return decoded.kind === 'response' && !decoded.frame.ok ? endingOfRefusal(decoded.frame.error) : undefined;
  }

  function message(data: unknown): void {
    if (phase === 'ended' || phase === 'connecting') return;
    if (typeof data !== 'string')
      return fail(lost(phase, 'the gateway sent a binary frame, which the protocol does not have'));
    if (direct) return listener.frame(data);
    if (phase === 'handshake') refusal ??= refusalIn(data);
    const receive = waiting;
    waiting = undefined;
    if (receive === undefined) inbox.push(data);
    else receive(data);
  }

  try {
    socket = options.connectSocket(options.request, {
      opened,
      message,
      closed(code, reason, retryAfterMs) {
        if (phase === 'ended') return;
        // An error response says more than the close code that follows it at once.
        fail(
          phase === 'handshake' && refusal !== undefined
            ? refusal
            : endingOfClose(phase, code, reason, { retryAfterMs, offeredBare: options.offersBare }),
        );
      },
    });
  } catch (cause) {
    Promise.resolve().then(
      () => fail(lost('connecting', 'the socket could not be created', { cause })),
      () => {},
    );
  }
  return {
    fail,
    abandon() {
      if (phase !== 'ended') end(NORMAL, '');
    },
  };
}
