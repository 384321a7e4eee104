import type { Link } from './link.ts';

/** Sees everything that passes on every connection, at both ends. */
export interface WireObserver {
  fromClient(link: Link, text: string): void;
  atGateway(link: Link, text: string): void;
  fromGateway(link: Link, text: string): void;
  atClient(link: Link, text: string): void;
  closedByGateway(link: Link, code: number, reason: string): void;
  closedByClient(link: Link, code: number, reason: string): void;
  /** What the gateway has handed over on this connection and the network has not taken, after each send. */
  buffered(link: Link, bytes: number): void;
}
