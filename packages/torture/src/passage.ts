import type { Socket } from 'node:net';
import type { Strike } from './proxy.ts';

/** One connection of a peer, carried on to the gateway, and everything bad that can be done to it. */
export interface Passage extends Readonly<Record<Strike, () => void>> {
  end(): void;
}

const STALL_MS = 1500;
/** Of what a peer has sent, so much is kept from the beginning on, to be sent once more. */
const MOST_RECORDED_BYTES = 65_536;

/** Carries bytes both ways until an end is gone; then `ended` is called. */
export function carry(peer: Socket, toGateway: () => Socket, ended: () => void): Passage {
  const gateway = toGateway();
  const copies = new Set<Socket>();
  let recorded: Buffer[] = [];
  let recordedBytes = 0;
  let halveNext = false;
  let deaf = false;

  function end(): void {
    for (const socket of [peer, gateway, ...copies]) socket.destroy();
    ended();
  }

  /** An end is gone. A deaf peer does not hear of it. */
  function hangUp(this: Socket): void {
    if (!deaf || this === peer) end();
  }

  function forward(from: Socket, to: Socket, seen: (chunk: Buffer) => void): void {
    from.on('data', (chunk: Buffer) => {
      if (deaf) return;
      seen(chunk);
      if (halveNext) {
        halveNext = false;
        to.end(chunk.subarray(0, chunk.length >> 1));
        from.destroy();
        return;
      }
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('error', hangUp);
    from.on('close', hangUp);
  }
  forward(peer, gateway, (chunk) => {
    if (recordedBytes < MOST_RECORDED_BYTES) recorded.push(chunk);
    else recorded = [];
    recordedBytes += chunk.length;
    for (const copy of copies) copy.write(chunk);
  });
  forward(gateway, peer, () => {});

  return {
    end,
    cut() {
      peer.end();
      gateway.end();
    },
    reset() {
      peer.resetAndDestroy();
      gateway.resetAndDestroy();
    },
    stall() {
      for (const socket of [peer, gateway]) socket.pause();
      setTimeout(() => {
        for (const socket of [peer, gateway]) socket.resume();
      }, STALL_MS);
    },
    halve() {
      halveNext = true;
    },
    /** Half open: the gateway has lost it; what the peer sends goes nowhere, and it has to notice by itself. */
    deafen() {
      deaf = true;
      gateway.destroy();
    },
    /** A second connection gets all that the peer has sent, and what it sends from now on: its upgrade, its proof, its requests. */
    duplicate() {
      const copy = toGateway();
      copies.add(copy);
      copy.on('error', () => copy.destroy());
      copy.on('close', () => copies.delete(copy));
      copy.resume();
      for (const chunk of recorded) copy.write(chunk);
    },
  };
}
