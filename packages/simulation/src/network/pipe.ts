import type { Loop } from '../kernel/loop.ts';

/** What travels in one direction of a connection. */
export type Parcel =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ping' | 'pong' }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

/** How one direction behaves, in bytes and milliseconds. */
export interface PipeTraits {
  /** Drawn anew for each parcel; none overtakes another. */
  readonly latency: () => number;
  /** `Infinity`: a parcel leaves the moment it is handed over. */
  readonly bytesPerMs: number;
  /** What the receiver's machine takes in while its program does not read. */
  readonly windowBytes: number;
}

/** One direction of one connection: in order and whole, like TCP, for as long as it works at all. */
export interface Pipe {
  send(parcel: Parcel): void;
  /** Handed over and not left yet. */
  readonly bufferedBytes: number;
  /** Nothing leaves before this moment of virtual time; then it goes on. */
  stallUntil(time: number): void;
  /** From now on everything is lost, what is under way included. Nobody is told. */
  swallow(): void;
  /** Nothing more leaves; what is under way arrives. */
  shut(): void;
  /** After so many more bytes have arrived the connection breaks in the middle of a frame. */
  breakAfter(bytes: number, broken: () => void): void;
  /** The next parcel that fits never arrives, and those behind it do: no network does that, a broken middlebox does. */
  lose(fits: (parcel: Parcel) => boolean): void;
  /** The receiving program stops or goes on reading. */
  pause(): void;
  resume(): void;
}

export interface PipeEnds {
  readonly arrive: (parcel: Parcel) => void;
  /** `bufferedBytes` has fallen to zero. */
  readonly drained: () => void;
}

/** What a frame costs on the wire beside its text. */
const FRAME_OVERHEAD = 8;

export function createPipe(loop: Loop, traits: PipeTraits, ends: PipeEnds): Pipe {
  const { latency, bytesPerMs, windowBytes } = traits;
  let queue: Parcel[] = [];
  let bufferedBytes = 0;
  let held: Parcel[] = [];
  let heldBytes = 0;
  let underWayBytes = 0;
  let state: 'working' | 'shut' | 'swallowing' = 'working';
  let transmitting = false;
  let stalledUntil = 0;
  let lastArrival = 0;
  let paused = false;
  let breaking: { bytes: number; readonly broken: () => void } | undefined;
  let losing: ((parcel: Parcel) => boolean) | undefined;

  function pump(): void {
    while (queue.length > 0 && !transmitting && state === 'working') {
      if (loop.elapsed < stalledUntil) {
        transmitting = true;
        loop.at(stalledUntil, goOn);
        return;
      }
      if (underWayBytes + heldBytes >= windowBytes) return;
      const parcel = queue[0] as Parcel;
      const ms = sizeOf(parcel) / bytesPerMs;
      if (ms === 0) {
        leave();
        continue;
      }
      transmitting = true;
      loop.after(ms, () => {
        if (state === 'working' && loop.elapsed >= stalledUntil) leave();
        goOn();
      });
      return;
    }
  }

  function goOn(): void {
    transmitting = false;
    pump();
  }

  function leave(): void {
    const parcel = queue.shift() as Parcel;
    const bytes = sizeOf(parcel);
    bufferedBytes -= bytes;
    underWayBytes += bytes;
    lastArrival = Math.max(lastArrival, loop.elapsed + latency());
    loop.at(lastArrival, () => {
      underWayBytes -= bytes;
      arrive(parcel, bytes);
    });
    if (bufferedBytes === 0) ends.drained();
  }

  function arrive(parcel: Parcel, bytes: number): void {
    if (state === 'swallowing') return;
    if (losing?.(parcel)) {
      losing = undefined;
      return;
    }
    if (breaking !== undefined) {
      breaking.bytes -= bytes;
      if (breaking.bytes < 0) {
        state = 'swallowing';
        breaking.broken();
        return;
      }
    }
    if (!paused) ends.arrive(parcel);
    else {
      held.push(parcel);
      heldBytes += bytes;
    }
    pump();
  }

  return {
    send(parcel) {
      if (state !== 'working') return;
      queue.push(parcel);
      bufferedBytes += sizeOf(parcel);
      pump();
    },
    get bufferedBytes() {
      return bufferedBytes;
    },
    stallUntil(time) {
      stalledUntil = Math.max(stalledUntil, time);
    },
    swallow() {
      state = 'swallowing';
      queue = [];
      bufferedBytes = 0;
      held = [];
      heldBytes = 0;
    },
    shut() {
      if (state === 'working') state = 'shut';
      queue = [];
      bufferedBytes = 0;
    },
    breakAfter(bytes, broken) {
      breaking = { bytes, broken };
    },
    lose(fits) {
      losing = fits;
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      while (held.length > 0 && !paused) {
        const parcel = held.shift() as Parcel;
        heldBytes -= sizeOf(parcel);
        ends.arrive(parcel);
      }
      pump();
    },
  };
}

function sizeOf(parcel: Parcel): number {
  return FRAME_OVERHEAD + (parcel.kind === 'text' ? parcel.text.length : 0);
}
