import type { Link } from '../network/link.ts';
import type { WireObserver } from '../network/wire-observer.ts';
import type { Grants } from '../truth/grants.ts';
import type { TrueLogs } from '../truth/logs.ts';
import { type Asked, type Count, type Party, viewerOf, type Watched } from './watched.ts';

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
  /** The peer answers a request of the gateway; `undefined`: there was none. */
  peerResponse?(watched: Watched, response: WireResponse, asked: Count | undefined): void;
}

/** Reads what passes at the gateway's end of every connection, and asks the rules about it. */
export interface WireWatch extends Pick<WireObserver, 'atGateway' | 'fromGateway' | 'buffered' | 'closedByGateway'> {
  accepted(link: Link, party: Party, token: string): void;
  find(link: Link): Watched | undefined;
  /** A request on a connection that lives which has not been answered, for people. */
  unanswered(): string | undefined;
}

export function createWireWatch(options: {
  readonly rules: readonly WireRule[];
  readonly grants: Grants;
  readonly logs: Pick<TrueLogs, 'of'>;
  readonly now: () => number;
}): WireWatch {
  const { rules, grants, logs, now } = options;
  const watchedByLink = new Map<number, Watched>();

  function received(watched: Watched, text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>;
    if ('ok' in frame) return peerAnswered(watched, frame as unknown as WireResponse);
    if (typeof frame.request_id !== 'string') return;
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
      if (response.ok && response.type === 'connect.init')
        watched.viewer = viewerOf(watched, response.result ?? {}, grants, now);
    } else if ('event_id' in frame) {
      const event = frame as unknown as WireEvent;
      const { viewer, log } = watched;
      // What nobody outside knows yet may be known by the time that the application comes to it.
      if (viewer !== undefined) watched.sent.set(event.event_id, { viewer: viewer.sure ? { ...viewer } : viewer, log });
      for (const rule of rules) rule.event?.(watched, event);
    } else {
      const { request_id: requestId, type } = frame as { readonly request_id: string; readonly type: string };
      const name = nameOf({ requestId, type });
      const before = watched.askedOfPeer.get(name);
      watched.askedOfPeer.set(name, { times: (before?.times ?? 0) + 1, answers: before?.answers ?? 0 });
    }
  }

  function peerAnswered(watched: Watched, response: WireResponse): void {
    const asked = watched.askedOfPeer.get(nameOf({ requestId: response.request_id, type: response.type }));
    for (const rule of rules) rule.peerResponse?.(watched, response, asked);
    if (asked !== undefined) asked.answers += 1;
  }

  function opened(watched: Watched, response: WireResponse): void {
    const cursor = response.result?.cursor as string | undefined;
    for (const rule of rules) rule.opened?.(watched, response, cursor);
  }

  const find = (link: Link) => watchedByLink.get(link.id);

  return {
    accepted(link, party, token) {
      watchedByLink.set(link.id, {
        link,
        party,
        token,
        acceptedAt: now(),
        log: logs.of(party.tenant),
        resume: undefined,
        viewer: undefined,
        asked: new Map(),
        askedOfPeer: new Map(),
        last: undefined,
        sent: new Map(),
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
    closedByGateway(link) {
      const watched = find(link);
      if (watched !== undefined) watched.closed = true;
    },
    find,
    unanswered() {
      for (const { link, party, closed, asked, askedOfPeer } of watchedByLink.values()) {
        if (closed || link.copy || !link.usable) continue;
        for (const [name, { times, answers }] of [...asked, ...askedOfPeer]) {
          if (answers < times) return `${name} of ${party.name} on #${link.id}`;
        }
      }
      return undefined;
    },
  };
}

function nameOf({ requestId, type }: { readonly requestId: string; readonly type: string }): string {
  return `${type} ${requestId}`;
}
