import { CLOSE_CODES, randomFraction } from '@tyrum/contracts/spoken';
import { ClientError } from '../client-error.ts';
import type { ResolvedOptions } from '../client-options.ts';
import type { ClientState, OpenState } from '../client-state.ts';
import { type Connection, type Link, openConnection } from './connection.ts';
import { type Ending, lost, stopped } from './ending.ts';
import type { GatewayTrust } from './gateway-trust.ts';
import { type HandshakeChannel, type HandshakeOutcome, shakeHands } from './handshake.ts';
import { BARE_REVISION } from './offer.ts';
import { reconnectDelay } from './reconnect.ts';
import type { TokenSource } from './token-source.ts';

/** Keeps one connection alive: connects, comes back, stops where coming back cannot help. */
export interface Supervisor {
  readonly state: ClientState;
  /** Begins, from `idle` or `stopped`; elsewhere it does nothing. */
  start(): void;
  /** The gateway stops: this connection takes no new work, and the next one not before the delay is over. */
  drain(reconnectAfterMs: number): void;
  /** This side found that the connection cannot go on. */
  fail(ending: Ending): void;
  close(): void;
}

export interface SupervisorHooks {
  /** Reads what the storage has, before each connection, and tells where the events go on. */
  readonly prepare: () => Promise<string | undefined>;
  /** Told before the state says `open`. */
  readonly opened: (link: Link) => void;
  readonly frame: (text: string) => void;
  /** An open connection ended. */
  readonly lost: () => void;
  /** The client stopped or was closed. */
  readonly halted: (error: ClientError) => void;
  readonly changed: (state: ClientState) => void;
}

export function createSupervisor(
  options: ResolvedOptions,
  trust: GatewayTrust,
  tokens: TokenSource,
  hooks: SupervisorHooks,
): Supervisor {
  const { clock, limits, random } = options;
  let state: ClientState = { status: 'idle' };
  /** Ends whatever runs on behalf of the present state. */
  let leave = () => {};
  let connection: Connection | undefined;
  /** Attempts since the last connection that held. */
  let failures = 0;
  /** No connection before this moment, in `elapsed` milliseconds: a stopping gateway asked for it. */
  let notBefore = Number.NEGATIVE_INFINITY;

  function enter(next: ClientState, leaving: () => void): void {
    state = next;
    leave = leaving;
    hooks.changed(next);
  }

  function connect(): void {
    let left = false;
    enter({ status: 'connecting', attempt: failures + 1 }, () => {
      left = true;
    });
    prepare().then(
      ({ token, knownGateway, resume }) => {
        if (left) return;
        connection = openConnection(
          {
            request: { url: options.url, subprotocol: SUBPROTOCOL, token },
            connectSocket: options.connectSocket,
            decode: options.decode,
            clock,
            connectTimeoutMs: limits.connectTimeoutMs,
            offersBare: options.revisions.every((revision) => revision === BARE_REVISION),
            shakeHands: (channel) => shakeAndTrust(channel, knownGateway, resume),
          },
          { opened, frame: hooks.frame, ended },
        );
      },
      (cause: unknown) => {
        if (!left) ended(lost('connecting', 'the token or the storage could not be read', { cause }), false);
      },
    );
  }

  async function prepare() {
    return { token: await tokens.next(), knownGateway: await trust.known(), resume: await hooks.prepare() };
  }

  async function shakeAndTrust(
    channel: HandshakeChannel,
    knownGateway: Awaited<ReturnType<GatewayTrust['known']>>,
    resume: string | undefined,
  ): Promise<HandshakeOutcome> {
    const outcome = await shakeHands(channel, { ...options, knownGateway, resume });
    const gateway = outcome.ok ? outcome.session.mutual?.gateway : undefined;
    if (gateway?.trust === 'first_use') {
      await trust.trust(gateway.id).catch((error: unknown) => options.onError(error, 'remembering the gateway'));
      options.onGatewayTrusted(gateway.id);
    }
    return outcome;
  }

  function opened(link: Link): void {
    tokens.accepted();
    const open = openState(link);
    state = open;
    leave = clock.after(limits.stableAfterMs, () => {
      failures = 0;
    });
    hooks.opened(link);
    if (state === open) hooks.changed(open);
  }

  function ended(ending: Ending, wasOpen: boolean): void {
    leave();
    connection = undefined;
    if (wasOpen) hooks.lost();
    if (ending.error.closeCode === CLOSE_CODES.unauthorized.code) askForToken(ending);
    else if (ending.next === 'stop') stop(ending.error);
    else wait(ending.error);
  }

  function askForToken(ending: Ending): void {
    let left = false;
    enter({ status: 'waiting', attempt: failures + 1, retryInMs: 0, reason: ending.error }, () => {
      left = true;
    });
    tokens.refused().then(
      (another) => {
        if (left) return;
        if (another) wait(ending.error);
        else stop(ending.error);
      },
      (cause: unknown) => {
        const { message, closeCode } = ending.error;
        if (!left)
          stop(
            stopped('refused', message, 'token', { cause, ...(closeCode === undefined ? {} : { closeCode }) }).error,
          );
      },
    );
  }

  function wait(reason: ClientError): void {
    const askedForMs = Math.max(reason.retryAfterMs ?? 0, Math.ceil(notBefore - clock.elapsed()));
    const retryInMs = reconnectDelay(limits, failures, randomFraction(random), askedForMs);
    failures += 1;
    enter({ status: 'waiting', attempt: failures, retryInMs, reason }, clock.after(retryInMs, connect));
  }

  function stop(reason: ClientError): void {
    enter({ status: 'stopped', reason, mustChange: reason.mustChange ?? 'client' }, () => {});
    hooks.halted(reason);
  }

  return {
    get state() {
      return state;
    },
    start() {
      if (state.status !== 'idle' && state.status !== 'stopped') return;
      failures = 0;
      connect();
    },
    drain(reconnectAfterMs) {
      if (state.status !== 'open') return;
      notBefore = clock.elapsed() + reconnectAfterMs;
      enter({ status: 'draining', reconnectAfterMs }, leave);
    },
    fail(ending) {
      connection?.fail(ending);
    },
    close() {
      if (state.status === 'closed') return;
      const wasOpen = state.status === 'open' || state.status === 'draining';
      leave();
      connection?.abandon();
      connection = undefined;
      if (wasOpen) hooks.lost();
      enter({ status: 'closed' }, () => {});
      hooks.halted(new ClientError('closed', 'the client was closed'));
    },
  };
}

const SUBPROTOCOL = 'tyrum-v1';

function openState({ session }: Link): OpenState {
  const { view, connectionId, mutual } = session;
  const base = { status: 'open', revision: view.revision, connectionId } as const;
  if (mutual === undefined) return base;
  return { ...base, gateway: mutual.gateway, durability: mutual.durability, recovery: mutual.recovery };
}
