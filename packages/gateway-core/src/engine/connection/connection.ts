import {
  CLOSE_CODES,
  type Clock,
  type CloseName,
  cutCloseReason,
  exceedsUtf8,
  HANDSHAKE_LIMITS,
  utf8Length,
} from '@tyrum/contracts';
import type { Authenticator, Principal } from '../../ports/authenticator.ts';
import { isPromise } from '../../ports/awaitable.ts';
import type { Channel, Connection, Upgrade } from '../../ports/channel.ts';
import type { Awaitable } from '../../ports/store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { causeText } from '../after-commit.ts';
import type { Handshake, Initialised, Refusal } from '../handshake/handshake.ts';
import type { SecurityEvents } from '../rights/security-events.ts';
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
  shutDown(code: number, reason: string): void;
}

export interface Opening {
  readonly channel: Channel;
  readonly principal: Principal;
  readonly initialised: Initialised;
  readonly requestId: string;
  readonly gatewayProof: string | undefined;
  readonly connection: OpeningConnection;
}

/** A connection whose session is being made. */
export interface OpeningConnection extends Pick<AcceptedConnection, 'shutDown'> {
  isClosed(): boolean;
  /** The handshake is complete: what comes from now on is the session's, and its end is this connection's to tell. */
  adopt(session: Session): void;
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
  const connection = new SocketConnection(services, channel, upgrade);
  services.began(connection);
  connection.begin();
  return connection;
}

/** A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory. */
class SocketConnection implements AcceptedConnection, OpeningConnection {
  readonly #services: ConnectionServices;
  readonly #channel: Channel;
  #state: State = { name: 'upgrading' };
  /** What only the handshake needs is there for as long as that: most connections live much longer. */
  #upgrade: Upgrade | undefined;
  #waiting: string[] | undefined = undefined;
  #stopTimer: (() => void) | undefined;
  #frames = 0;
  #bytes = 0;

  constructor(services: ConnectionServices, channel: Channel, upgrade: Upgrade) {
    this.#services = services;
    this.#channel = channel;
    this.#upgrade = upgrade;
    this.#stopTimer = services.clock.after(HANDSHAKE_LIMITS.time_ms, () =>
      this.#close('handshake_timeout', 'the handshake took too long'),
    );
  }

  get open(): boolean {
    return this.#state.name === 'open';
  }

  /** Has the token judged. */
  begin(): void {
    this.#run(() => this.#authenticate(this.#upgrade?.token));
  }

  receive(text: string): void {
    if (this.#state.name === 'open') {
      this.#state.session.receive(text);
      return;
    }
    if (this.isClosed()) return;
    this.#frames += 1;
    this.#bytes += utf8Length(text, HANDSHAKE_LIMITS.bytes);
    if (
      this.#frames > HANDSHAKE_LIMITS.frames ||
      this.#bytes > HANDSHAKE_LIMITS.bytes ||
      exceedsUtf8(text, HANDSHAKE_LIMITS.frame_bytes)
    ) {
      this.#close('bad_handshake', 'more than the handshake allows: 8 frames, 64 KiB, 16 KiB a frame');
      return;
    }
    this.#shakeHands(text);
  }

  receiveBinary(): void {
    if (this.#state.name === 'open') this.#state.session.receiveBinary();
    else this.#close('bad_handshake', 'the protocol has no binary frames');
  }

  alive(): void {
    if (this.#state.name === 'open') this.#state.session.alive();
  }

  get awaitsDrain(): boolean {
    return this.#state.name === 'open' && this.#state.session.awaitsDrain;
  }

  drained(): void {
    if (this.#state.name === 'open') this.#state.session.drained();
  }

  closed(): void {
    if (!this.isClosed()) this.#services.ended(this, this.#end());
  }

  shutDown(code: number, reason: string): void {
    if (this.isClosed()) return;
    const session = this.#end();
    this.#channel.close(code, cutCloseReason(reason));
    this.#services.ended(this, session);
  }

  isClosed(): boolean {
    return this.#state.name === 'closed';
  }

  adopt(session: Session): void {
    this.#state = { name: 'open', session };
    this.#forgetHandshake();
  }

  #close(name: CloseName, reason: string): void {
    this.shutDown(CLOSE_CODES[name].code, reason);
  }

  /** Nothing comes in or goes out any more. Answers the session that there was. */
  #end(): Session | undefined {
    const session = this.#state.name === 'open' ? this.#state.session : undefined;
    this.#state = { name: 'closed' };
    this.#forgetHandshake();
    session?.end();
    return session;
  }

  #forgetHandshake(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#waiting = undefined;
    this.#upgrade = undefined;
  }

  #authenticate(token: string | undefined): Awaitable<void> {
    const judged = token === undefined ? undefined : this.#services.authenticator.authenticate(token);
    if (!isPromise(judged)) return this.#admit(judged);
    // Whatever a peer sends along with a bad token, it is the token that is answered (UP-8).
    this.#channel.pause();
    return judged.then((principal) => {
      if (this.isClosed()) return;
      this.#admit(principal);
      if (!this.isClosed()) this.#channel.resume();
    });
  }

  #admit(principal: Principal | undefined): void {
    if (principal === undefined) {
      this.#failed('upgrade', this.#upgrade?.token === undefined ? 'missing_token' : 'invalid_token');
      this.#close('unauthorized', 'the token is missing, unknown, expired or revoked');
      return;
    }
    this.#state = { name: 'awaiting_init', principal };
    for (const text of this.#waiting?.splice(0) ?? []) this.#shakeHands(text);
  }

  #failed(surface: string, reason: string, principal?: Principal): void {
    const remoteAddress = this.#upgrade?.remoteAddress;
    const address = remoteAddress === undefined ? {} : { client_ip: remoteAddress };
    this.#services.security.authFailed({ surface, reason, transport: 'websocket', ...address }, principal);
  }

  /** Takes one frame of the handshake, whatever its turn is. */
  #shakeHands(text: string): void {
    const state = this.#state;
    switch (state.name) {
      case 'upgrading':
        this.#waiting ??= [];
        this.#waiting.push(text);
        return;
      case 'awaiting_init':
        this.#run(() => this.#initialise(text, state.principal));
        return;
      case 'awaiting_proof':
        this.#state = { name: 'proving' };
        this.#run(() => this.#prove(text, state.principal, state.initialised));
        return;
      case 'proving':
        this.#close('bad_handshake', 'nothing may follow the proof before it is answered');
        return;
      case 'open':
      case 'closed':
        return;
    }
  }

  #initialise(text: string, principal: Principal): void {
    const initialised = this.#services.handshake.init(text, principal);
    if (initialised.refused) {
      this.#refuse(initialised, principal);
      return;
    }
    // Before it is sent: a transport in memory may bring the answer at once.
    this.#state = { name: 'awaiting_proof', principal, initialised };
    this.#channel.send(initialised.reply);
  }

  async #prove(text: string, principal: Principal, initialised: Initialised): Promise<void> {
    const proven = await this.#services.handshake.proof(text, initialised);
    if (this.isClosed()) return;
    if (proven.refused) {
      this.#refuse(proven, principal);
      return;
    }
    const { requestId, gatewayProof } = proven;
    await this.#services.open({
      channel: this.#channel,
      principal,
      initialised,
      requestId,
      gatewayProof,
      connection: this,
    });
  }

  #refuse(refusal: Refusal, principal: Principal): void {
    if (AUTH_REFUSALS.has(refusal.close)) this.#failed('handshake', refusal.close, principal);
    if (refusal.reply !== undefined) this.#channel.send(refusal.reply);
    this.#close(refusal.close, refusal.reason);
  }

  #run(work: () => Awaitable<void>): void {
    try {
      const done = work();
      if (isPromise(done)) done.catch((cause: unknown) => this.#broke(cause));
    } catch (cause) {
      this.#broke(cause);
    }
  }

  #broke(cause: unknown): void {
    this.#services.telemetry.log('error', 'a handshake failed', { cause: causeText(cause) });
    this.#close('overloaded', 'the gateway cannot take connections now');
  }
}
