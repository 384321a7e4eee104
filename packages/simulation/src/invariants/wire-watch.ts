import { type Role, SCOPES_OF_ROLE, type Scope } from '@tyrum/contracts';
import type { Link } from '../network/link.ts';
import type { WireObserver } from '../network/wire-observer.ts';
import type { Viewer } from '../truth/audience.ts';

/** The device behind a connection. */
export interface Party {
  readonly name: string;
  readonly tenant: string;
  readonly deviceId: string;
  readonly role: Role;
}

/** A request of the peer on one connection. */
export interface Asked {
  readonly requestId: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The key under which the ledger knows it. */
  readonly key: string;
  /** Virtual time of its arrival at the gateway. */
  readonly at: number;
  /** How often it was asked under this id on this connection, and how often answered. */
  times: number;
  answers: number;
}

/** A connection as it shows itself on the wire, at the gateway's end. */
export interface Watched {
  readonly link: Link;
  readonly party: Party;
  readonly token: string;
  readonly acceptedAt: number;
  /** What the token allowed when the connection was accepted. */
  readonly scopes: ReadonlySet<Scope>;
  /** The cursor that `connect.init` asked for. */
  resume: string | undefined;
  /** Known once the handshake is complete. */
  viewer: Viewer | undefined;
  /** Requests of the peer by id and type. */
  readonly asked: Map<string, Asked>;
  /** The cursor that was sent last, and where it stands. */
  last: { cursor: string; position: number } | undefined;
  /** Positions of durable events that were sent and not acknowledged. */
  unacked: number[];
  closed: boolean;
}

export interface WireEvent {
  readonly event_id: string;
  readonly type: string;
  readonly scope?: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly cursor?: string;
  readonly prev?: string;
}

export interface WireResponse {
  readonly request_id: string;
  readonly type: string;
  readonly ok: boolean;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: string };
  readonly as_of?: string;
  readonly replayed?: true;
}

/** One invariant, as far as the wire shows it. Everything is optional; nothing may throw. */
export interface WireRule {
  request?(watched: Watched, asked: Asked): void;
  response?(watched: Watched, response: WireResponse, asked: Asked | undefined): void;
  /** The handshake is complete. */
  opened?(watched: Watched, result: WireResponse, firstCursor: string | undefined): void;
  event?(watched: Watched, event: WireEvent): void;
  buffered?(watched: Watched, bytes: number): void;
  /** The gateway sends a request, or answers to one are on their way; the text is passed as it is. */
  closed?(watched: Watched, code: number): void;
}

/** Reads what passes at the gateway's end of every connection, and asks the rules about it. */
export interface WireWatch extends Pick<WireObserver, 'atGateway' | 'fromGateway' | 'buffered' | 'closedByGateway'> {
  accepted(link: Link, party: Party, token: string, scopes: ReadonlySet<Scope>): void;
  find(link: Link): Watched | undefined;
}

export function createWireWatch(rules: readonly WireRule[], now: () => number): WireWatch {
  const watchedByLink = new Map<number, Watched>();

  function received(watched: Watched, text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>;
    if ('ok' in frame || typeof frame.request_id !== 'string') return;
    const {
      request_id: requestId,
      type,
      payload,
      idempotency_key,
    } = frame as unknown as {
      readonly request_id: string;
      readonly type: string;
      readonly payload: Record<string, unknown>;
      readonly idempotency_key?: string;
    };
    if (type === 'connect.init') watched.resume = (payload.resume as { cursor: string } | undefined)?.cursor;
    const before = watched.asked.get(nameOf({ requestId, type }));
    const asked: Asked = {
      requestId,
      type,
      payload,
      key: idempotency_key ?? requestId,
      at: now(),
      times: (before?.times ?? 0) + 1,
      answers: before?.answers ?? 0,
    };
    watched.asked.set(nameOf(asked), asked);
    for (const rule of rules) rule.request?.(watched, asked);
  }

  function sent(watched: Watched, text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>;
    if ('ok' in frame) {
      const response = frame as unknown as WireResponse;
      const asked = watched.asked.get(nameOf({ requestId: response.request_id, type: response.type }));
      for (const rule of rules) rule.response?.(watched, response, asked);
      if (asked !== undefined) asked.answers += 1;
      if (response.ok && response.type === 'connect.proof') opened(watched, response);
      if (response.ok && response.type === 'connect.init') watched.viewer = viewerOf(watched, response);
    } else if ('event_id' in frame) {
      for (const rule of rules) rule.event?.(watched, frame as unknown as WireEvent);
    }
  }

  function opened(watched: Watched, response: WireResponse): void {
    const cursor = response.result?.cursor as string | undefined;
    for (const rule of rules) rule.opened?.(watched, response, cursor);
  }

  const find = (link: Link) => watchedByLink.get(link.id);

  return {
    accepted(link, party, token, scopes) {
      const meant = SCOPES_OF_ROLE[party.role];
      watchedByLink.set(link.id, {
        link,
        party,
        token,
        acceptedAt: now(),
        scopes: new Set([...scopes].filter((scope) => meant.includes(scope))),
        resume: undefined,
        viewer: undefined,
        asked: new Map(),
        last: undefined,
        unacked: [],
        closed: false,
      });
    },
    atGateway(link, text) {
      const watched = find(link);
      if (watched !== undefined) received(watched, text);
    },
    fromGateway(link, text) {
      const watched = find(link);
      if (watched !== undefined) sent(watched, text);
    },
    buffered(link, bytes) {
      const watched = find(link);
      if (watched !== undefined) for (const rule of rules) rule.buffered?.(watched, bytes);
    },
    closedByGateway(link, code) {
      const watched = find(link);
      if (watched === undefined) return;
      watched.closed = true;
      for (const rule of rules) rule.closed?.(watched, code);
    },
    find,
  };
}

function viewerOf({ party, scopes }: Watched, { result }: WireResponse): Viewer {
  const extensions = (result?.extensions ?? []) as readonly { readonly id: string }[];
  return {
    role: party.role,
    scopes,
    deviceId: party.deviceId,
    extended: extensions.length > 0,
    revision: (result?.protocol_rev as number | undefined) ?? 2,
  };
}

function nameOf({ requestId, type }: { readonly requestId: string; readonly type: string }): string {
  return `${type} ${requestId}`;
}
