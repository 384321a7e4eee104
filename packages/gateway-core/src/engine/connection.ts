import {
  CLOSE_CODES,
  type Clock,
  type CloseName,
  cutCloseReason,
  exceedsUtf8,
  HANDSHAKE_LIMITS,
  utf8Length,
} from '@tyrum/contracts';
import type { Authenticator, Principal } from '../ports/authenticator.ts';
import type { Channel, Connection, Upgrade } from '../ports/channel.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { causeText } from './after-commit.ts';
import type { Handshake, Initialised, Refusal } from './handshake.ts';
import type { SecurityEvents } from './security-events.ts';
import type { Session } from './session.ts';

/** Where a connection stands. */
type State =
  /** The token is being judged. Nothing is read meanwhile; what a transport has read already waits, within the handshake's bounds. */
  | { readonly name: 'upgrading' }
  | { readonly name: 'awaiting_init'; readonly principal: Principal }
  | { readonly name: 'awaiting_proof'; readonly principal: Principal; readonly initialised: Initialised }
  /** The proof is being judged, and the session made: nothing may come before the peer has its result. */
  | { readonly name: 'proving' }
  | { readonly name: 'open'; readonly session: Session }
  | { readonly name: 'closed' };

export interface ConnectionServices {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly authenticator: Pick<Authenticator, 'authenticate'>;
  readonly handshake: Handshake;
  readonly security: Pick<SecurityEvents, 'authFailed'>;
  /** The proof holds: makes the session, adopts it, says the result and lets requests start. */
  readonly open: (opening: Opening) => Promise<void>;
  /** The connection exists. Called once, before anything can happen on it. */
  readonly began: (connection: AcceptedConnection) => void;
  /** The connection is over, with its session if it came to have one. Called once. */
  readonly ended: (connection: AcceptedConnection, session: Session | undefined) => void;
}

/** A connection as the gateway holds it. */
export interface AcceptedConnection extends Connection {
  // Set when it changes: an accessor would cost every connection an object shape of its own.
  open: boolean;
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
  /** The handshake is complete: what comes from now on is the session's, and its end is this connection's to tell. */
  readonly adopt: (session: Session) => void;
}

/** Refusals of the handshake that are about who somebody is, and not about how it is said. */
const AUTH_REFUSALS: ReadonlySet<CloseName> = new Set([
  'unauthorized',
  'bad_device',
  'invalid_proof',
  'device_mismatch',
]);

/** One socket from its upgrade to its end. */
export function acceptConnection(services: ConnectionServices, channel: Channel, upgrade: Upgrade): AcceptedConnection {
  const { clock, telemetry, authenticator, handshake, security } = services;
  let state: State = { name: 'upgrading' };
  let frames = 0;
  let bytes = 0;
  let waiting: string[] = [];
  const stopTimer = clock.after(HANDSHAKE_LIMITS.time_ms, () =>
    close('handshake_timeout', 'the handshake took too long'),
  );

  function close(name: CloseName, reason: string): void {
    closeWith(CLOSE_CODES[name].code, reason);
  }

  function closeWith(code: number, reason: string): void {
    if (isClosed()) return;
    const session = end();
    channel.close(code, cutCloseReason(reason));
    services.ended(connection, session);
  }

  /** Nothing comes in or goes out any more. Answers the session that there was. */
  function end(): Session | undefined {
    const session = state.name === 'open' ? state.session : undefined;
    state = { name: 'closed' };
    connection.open = false;
    waiting = [];
    stopTimer();
    session?.end();
    return session;
  }

  function isClosed(): boolean {
    return state.name === 'closed';
  }

  async function authenticate(): Promise<void> {
    const principal = upgrade.token === undefined ? undefined : await judge(upgrade.token);
    if (isClosed()) return;
    if (principal === undefined) {
      failed('upgrade', upgrade.token === undefined ? 'missing_token' : 'invalid_token');
      close('unauthorized', 'the token is missing, unknown, expired or revoked');
      return;
    }
    state = { name: 'awaiting_init', principal };
    for (const text of waiting.splice(0)) shakeHands(text);
    channel.resume();
  }

  function failed(surface: string, reason: string, principal?: Principal): void {
    const address = upgrade.remoteAddress === undefined ? {} : { client_ip: upgrade.remoteAddress };
    security.authFailed({ surface, reason, transport: 'websocket', ...address }, principal);
  }

  function judge(token: string): Promise<Principal | undefined> {
    // Whatever a peer sends along with a bad token, it is the token that is answered (UP-8).
    channel.pause();
    return authenticator.authenticate(token);
  }

  /** Takes one frame of the handshake, whatever its turn is. */
  function shakeHands(text: string): void {
    switch (state.name) {
      case 'upgrading':
        waiting.push(text);
        return;
      case 'awaiting_init': {
        const { principal } = state;
        void run(async () => initialise(text, principal));
        return;
      }
      case 'awaiting_proof': {
        const { principal, initialised } = state;
        state = { name: 'proving' };
        void run(() => prove(text, principal, initialised));
        return;
      }
      case 'proving':
        close('bad_handshake', 'nothing may follow the proof before it is answered');
        return;
      case 'open':
      case 'closed':
        return;
    }
  }

  function initialise(text: string, principal: Principal): void {
    const initialised = handshake.init(text, principal);
    if (initialised.refused) {
      refuse(initialised, principal);
      return;
    }
    // Before it is sent: a transport in memory may bring the answer at once.
    state = { name: 'awaiting_proof', principal, initialised };
    channel.send(initialised.reply);
  }

  async function prove(text: string, principal: Principal, initialised: Initialised): Promise<void> {
    const proven = await handshake.proof(text, initialised);
    if (isClosed()) return;
    if (proven.refused) {
      refuse(proven, principal);
      return;
    }
    await services.open({
      channel,
      principal,
      initialised,
      requestId: proven.requestId,
      gatewayProof: proven.gatewayProof,
      close: closeWith,
      isClosed,
      adopt(session) {
        state = { name: 'open', session };
        connection.open = true;
        stopTimer();
      },
    });
  }

  function refuse(refusal: Refusal, principal: Principal): void {
    if (AUTH_REFUSALS.has(refusal.close)) failed('handshake', refusal.close, principal);
    if (refusal.reply !== undefined) channel.send(refusal.reply);
    close(refusal.close, refusal.reason);
  }

  async function run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      telemetry.log('error', 'a handshake failed', { cause: causeText(cause) });
      close('overloaded', 'the gateway cannot take connections now');
    }
  }

  const connection: AcceptedConnection = {
    open: false,
    receive(text) {
      if (state.name === 'open') {
        state.session.receive(text);
        return;
      }
      if (isClosed()) return;
      frames += 1;
      bytes += utf8Length(text, HANDSHAKE_LIMITS.bytes);
      if (
        frames > HANDSHAKE_LIMITS.frames ||
        bytes > HANDSHAKE_LIMITS.bytes ||
        exceedsUtf8(text, HANDSHAKE_LIMITS.frame_bytes)
      ) {
        close('bad_handshake', 'more than the handshake allows: 8 frames, 64 KiB, 16 KiB a frame');
        return;
      }
      shakeHands(text);
    },
    receiveBinary() {
      if (state.name === 'open') state.session.receiveBinary();
      else close('bad_handshake', 'the protocol has no binary frames');
    },
    alive() {
      if (state.name === 'open') state.session.alive();
    },
    drained() {
      if (state.name === 'open') state.session.drained();
    },
    closed() {
      if (!isClosed()) services.ended(connection, end());
    },
    shutDown: closeWith,
  };
  services.began(connection);
  void run(authenticate);
  return connection;
}
