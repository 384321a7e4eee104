import type { Clock } from '@tyrum/contracts';
import type { Channel } from '../../ports/channel.ts';
import type { GatewayLimits } from '../limits.ts';

export interface OutputServices {
  readonly clock: Clock;
  readonly limits: Pick<GatewayLimits, 'high_water_bytes' | 'stall_ms'>;
}

/** Who hears that the peer has read nothing at all for too long. */
export interface OutputOwner {
  stalled(): void;
}

/** In how many steps of the stall time progress is looked for: what is read is seen at the next step, never before. */
const STEPS = 4;

/**
 * What goes out on one connection: knows when the peer is behind, and when it has stopped reading altogether.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class Output {
  readonly #services: OutputServices;
  readonly #channel: Pick<Channel, 'send' | 'bufferedBytes'>;
  readonly #owner: OutputOwner;
  /** What was buffered when it was last looked at: less than that later on means that the peer has read. */
  #buffered = 0;
  #readAt = 0;
  #stopWatch: (() => void) | undefined = undefined;
  #foundFull = false;

  constructor(services: OutputServices, channel: Pick<Channel, 'send' | 'bufferedBytes'>, owner: OutputOwner) {
    this.#services = services;
    this.#channel = channel;
    this.#owner = owner;
  }

  /** @param bytes its length in UTF-8, where that is known */
  send(text: string, bytes?: number): void {
    this.#look();
    this.#channel.send(text, bytes);
    this.#buffered = this.#channel.bufferedBytes;
    if (this.#buffered > 0 && this.#stopWatch === undefined) this.#watch();
  }

  /** How many bytes more may be buffered; less than none where it is too much already. */
  room(): number {
    return this.#services.limits.high_water_bytes - this.#channel.bufferedBytes;
  }

  /** Whether more is buffered than may be: then nothing is sent that can wait. */
  full(): boolean {
    const full = this.room() < 0;
    if (full) this.#foundFull = true;
    return full;
  }

  /** Whether it was found full and not relieved since: only then does anything wait for room. */
  get awaitsDrain(): boolean {
    return this.#foundFull;
  }

  /** There is room again. Answers whether anything has waited for it. */
  relieved(): boolean {
    const relieved = this.#foundFull;
    this.#foundFull = false;
    return relieved;
  }

  /** Whether anything waits to be read: a peer that is behind answers late, and that proves nothing. */
  behind(): boolean {
    return this.#channel.bufferedBytes > 0;
  }

  stop(): void {
    this.#stopWatch?.();
    this.#stopWatch = undefined;
  }

  #look(): void {
    const now = this.#channel.bufferedBytes;
    if (now < this.#buffered || now === 0) this.#readAt = this.#services.clock.elapsed();
    this.#buffered = now;
  }

  #watch(): void {
    const { clock, limits } = this.#services;
    this.#stopWatch = clock.after(limits.stall_ms / STEPS, () => {
      this.#stopWatch = undefined;
      this.#look();
      if (this.#buffered === 0) return;
      if (clock.elapsed() - this.#readAt >= limits.stall_ms) this.#owner.stalled();
      else this.#watch();
    });
  }
}
