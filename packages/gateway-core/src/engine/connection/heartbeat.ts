import { type Clock, MISSED_HEARTBEATS } from '@tyrum/contracts';
import type { GatewayLimits } from '../limits.ts';

export interface HeartbeatServices {
  readonly clock: Clock;
  readonly limits: Pick<GatewayLimits, 'heartbeat_ms'>;
}

/** Whose heartbeat it is. */
export interface HeartbeatOwner {
  /** Whether silence proves nothing now: the peer cannot have seen the ping yet, or its answer is not read yet. */
  excused(): boolean;
  /** Time for a sign of life from this side, and for asking for one. */
  beat(): void;
  /** The peer has shown no sign of life for too long. */
  dead(): void;
}

/**
 * Asks a peer for signs of life, and tells when there have been none for too long.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class Heartbeat {
  readonly #services: HeartbeatServices;
  readonly #owner: HeartbeatOwner;
  #unanswered = 0;
  #stopTimer: () => void;

  constructor(services: HeartbeatServices, owner: HeartbeatOwner) {
    this.#services = services;
    this.#owner = owner;
    this.#stopTimer = this.#arm();
  }

  /** Anything came from the peer. */
  alive(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    this.#stopTimer();
  }

  #arm(): () => void {
    return this.#services.clock.after(this.#services.limits.heartbeat_ms, () => this.#beat());
  }

  #beat(): void {
    if (this.#owner.excused()) this.#unanswered = 0;
    if (this.#unanswered >= MISSED_HEARTBEATS) {
      this.#owner.dead();
      return;
    }
    this.#unanswered += 1;
    this.#stopTimer = this.#arm();
    this.#owner.beat();
  }
}
