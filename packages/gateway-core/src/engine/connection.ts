import { type Clock, CLOSE_CODES, type CloseName, cutCloseReason, exceedsUtf8, HANDSHAKE_LIMITS, utf8Length } from '@tyrum/contracts';
import type { Authenticator, Principal } from '../ports/authenticator.ts';
import type { Channel, Connection, Upgrade } from '../ports/channel.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Handshake, Initialised, Refusal } from './handshake.ts';
import type { Session } from './session.ts';

/** Where a connection stands. Frames that come while a step is being decided wait for it, within the handshake's bounds. */
type State =
  | { readonly name: 'upgrading' }
  | { readonly name: 'awaiting_init'; readonly principal: Principal }
  | { readonly name: 'awaiting_proof'; readonly principal: Principal; readonly initialised: Initialised }
  | { readonly name: 'opening' }
  | { readonly name: 'open'; readonly session: Session }
  | { readonly name: 'closed' };

export interface ConnectionServices {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly authenticator: Authenticator;
  readonly handshake: Handshake;
  /** The proof holds: makes the session and says the result. Resolves once requests may start, `undefined` when the socket went. */
  readonly open: (opening: Opening) => Promise<Session | undefined>;
  /** The connection is over, with its session if it came to have one. Called once. */
  readonly ended: (connection: AcceptedConnection, session: Session | undefined) => void;
}

/** A connection as the gateway holds it. */
export interface AcceptedConnection extends Connection {
  shutDown(code: number, reason: string): void;
}

export interface Opening {
  readonly channel: Channel;
  readonly principal: Principal;
  readonly initialised: Initialised;
  readonly requestId: string;
  readonly gatewayProof: string | undefined;
  readonly close: (code: number, reason: string) => void;
  readonly isClosed: () => boolean;
  /** The session exists: from now on its end is this connection's to tell. */
  readonly adopt: (session: Session) => void;
}

/** One socket from its upgrade to its end. */
export function acceptConnection(services: ConnectionServices, channel: Channel, upgrade: Upgrade): AcceptedConnection {
  const { clock, telemetry, authenticator, handshake } = services;
  let state: State = { name: 'upgrading' };
  let session: Session | undefined;
  let frames = 0;
  let bytes = 0;
  let waiting: string[] = [];
  let busy = true;
  const stopTimer = clock.after(HANDSHAKE_LIMITS.time_ms, () => close('handshake_timeout', 'the handshake took too long'));

  function close(name: CloseName, reason: string): void {
    closeWith(CLOSE_CODES[name].code, reason);
  }

  function closeWith(code: number, reason: string): void {
    if (state.name === 'closed') return;
    channel.close(code, cutCloseReason(reason));
    end();
  }

  function end(): void {
    if (state.name === 'closed') return;
    state = { name: 'closed' };
    waiting = [];
    stopTimer();
    session?.end();
    services.ended(connection, session);
  }

  async function authenticate(): Promise<void> {
    const principal = upgrade.token === undefined ? undefined : await authenticator.authenticate(upgrade.token);
    if (isClosed()) return;
    if (principal === undefined) {
      close('unauthorized', 'the token is missing, unknown, expired or revoked');
      return;
    }
    state = { name: 'awaiting_init', principal };
  }

  /** One frame of the handshake; the next one waits until this one is decided. */
  async function step(text: string): Promise<void> {
    if (state.name === 'awaiting_init') {
      const initialised = handshake.init(text, state.principal);
      if (initialised.refused) {
        refuse(initialised);
        return;
      }
      channel.send(initialised.reply);
      state = { name: 'awaiting_proof', principal: state.principal, initialised };
    } else if (state.name === 'awaiting_proof') {
      const { principal, initialised } = state;
      const proven = await handshake.proof(text, initialised);
      if (isClosed()) return;
      if (proven.refused) {
        refuse(proven);
        return;
      }
      state = { name: 'opening' };
      const opened = await services.open({
        channel,
        principal,
        initialised,
        requestId: proven.requestId,
        gatewayProof: proven.gatewayProof,
        close: closeWith,
        isClosed,
        adopt(made) {
          session = made;
          stopTimer();
        },
      });
      if (opened !== undefined && !isClosed()) state = { name: 'open', session: opened };
    } else if (state.name === 'open') {
      state.session.receive(text);
    }
  }

  function refuse(refusal: Refusal): void {
    if (refusal.reply !== undefined) channel.send(refusal.reply);
    close(refusal.close, refusal.reason);
  }

  async function run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      telemetry.log('error', 'a handshake failed', { cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) });
      close('overloaded', 'the gateway cannot take connections now');
    }
  }

  async function drainWaiting(): Promise<void> {
    while (waiting.length > 0 && !isClosed()) await run(() => step(waiting.shift() as string));
    busy = false;
  }

  function isClosed(): boolean {
    return state.name === 'closed';
  }

  const connection: AcceptedConnection = {
    get open() {
      return state.name === 'open';
    },
    receive(text) {
      if (state.name === 'open' && !busy) {
        state.session.receive(text);
        return;
      }
      if (isClosed()) return;
      frames += 1;
      bytes += utf8Length(text, HANDSHAKE_LIMITS.bytes);
      if (frames > HANDSHAKE_LIMITS.frames || bytes > HANDSHAKE_LIMITS.bytes || exceedsUtf8(text, HANDSHAKE_LIMITS.frame_bytes)) {
        close('bad_handshake', 'more than the handshake allows: 8 frames, 64 KiB, 16 KiB a frame');
        return;
      }
      waiting.push(text);
      if (busy) return;
      busy = true;
      void drainWaiting();
    },
    receiveBinary() {
      if (state.name === 'open') state.session.receiveBinary();
      else close('bad_handshake', 'the protocol has no binary frames');
    },
    alive: () => session?.alive(),
    drained: () => session?.drained(),
    closed: () => end(),
    shutDown: closeWith,
  };
  void run(authenticate).then(drainWaiting);
  return connection;
}
