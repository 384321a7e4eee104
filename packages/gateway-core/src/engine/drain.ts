import { CLOSE_CODES, type Clock, type Random, randomFraction } from '@tyrum/contracts';
import type { AcceptedConnection } from './connection/connection.ts';
import type { Directory } from './connection/directory.ts';
import type { Session } from './connection/session.ts';
import type { Dispatcher } from './requests/dispatcher.ts';

/** How a connection is told that its gateway stops. */
export const RESTART = [CLOSE_CODES.restart.code, 'the gateway restarts'] as const;

/** Peers of a stopping gateway come back spread over this time, each after a delay of its own. */
const RECONNECT_SPREAD_MS = 2000;

export interface DrainOptions {
  readonly dispatcher: Pick<Dispatcher, 'drain' | 'idle'>;
  /** Those that are there, whatever their state; it may change meanwhile. */
  readonly connections: ReadonlySet<AcceptedConnection>;
  readonly peers: Pick<Directory<Session>, 'all'>;
  readonly clock: Clock;
  readonly random: Random;
  /** How long what runs may take to finish, in milliseconds. */
  readonly patienceMs: number;
}

/** Takes no new work, tells every peer when to come back, finishes what runs, and closes. */
export async function drain(options: DrainOptions): Promise<void> {
  const { dispatcher, connections, peers, clock, random, patienceMs } = options;
  dispatcher.drain();
  // Who has not finished its handshake has nothing that could be waited for.
  for (const connection of [...connections]) if (!connection.open) connection.shutDown(...RESTART);
  const told = [...peers.all()];
  const share = Math.max(1, Math.floor(RECONNECT_SPREAD_MS / Math.max(1, told.length)));
  told.forEach((peer, index) => {
    peer.announceDraining(Math.floor((index + randomFraction(random)) * share));
  });
  let stopTimer = () => {};
  const patience = new Promise<void>((resolve) => {
    stopTimer = clock.after(patienceMs, resolve);
  });
  await Promise.race([dispatcher.idle(), patience]);
  stopTimer();
  for (const connection of [...connections]) connection.shutDown(...RESTART);
}
