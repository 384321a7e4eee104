import { type Role, SCOPES_OF_ROLE, type Scope } from '@tyrum/contracts';
import type { Link } from '../network/link.ts';
import type { Viewer } from '../truth/audience.ts';
import type { Grants } from '../truth/grants.ts';
import type { TrueLog } from '../truth/logs.ts';

/** The device behind a connection. */
export interface Party {
  readonly name: string;
  readonly tenant: string;
  readonly deviceId: string;
  readonly role: Role;
}

/** How often something was asked under one id on one connection, and how often answered. */
export interface Count {
  times: number;
  answers: number;
}

/** A request of the peer on one connection. */
export interface Asked extends Count {
  readonly requestId: string;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The key under which the ledger knows it. */
  readonly key: string;
  /** Virtual time of its arrival at the gateway. */
  readonly at: number;
}

/** What an event was sent by, as it was then: an application may come to it long after that has changed. */
export interface Sending {
  readonly viewer: Viewer;
  readonly log: TrueLog;
}

/** A connection as it shows itself on the wire, at the gateway's end. */
export interface Watched {
  readonly link: Link;
  readonly party: Party;
  readonly token: string;
  readonly acceptedAt: number;
  /** What its gateway serves: the history as it was when this began, also once a backup has begun another one. */
  readonly log: TrueLog;
  /** The cursor that `connect.init` asked for. */
  resume: string | undefined;
  /** Known once the handshake is complete. */
  viewer: Viewer | undefined;
  /** Requests of the peer by id and type. */
  readonly asked: Map<string, Asked>;
  /** Requests of the gateway to the peer, likewise. */
  readonly askedOfPeer: Map<string, Count>;
  /** The cursor that was sent last, and where it stands. */
  last: { cursor: string; position: number } | undefined;
  /** Events that were sent, by their ids. */
  readonly sent: Map<string, Sending>;
  /** Positions of durable events that were sent and not acknowledged. */
  unacked: number[];
  closed: boolean;
}

/** Within this time a narrowed or revoked token has lost its effect on open connections [AZ-7] [AZ-8]. */
const GRACE_MS = 1_000;

/** Who is at the other end of a connection, by what the gateway answered to its `connect.init`. */
export function viewerOf(
  watched: Watched,
  result: Readonly<Record<string, unknown>>,
  grants: Grants,
  now: () => number,
): Viewer {
  const { party, token, acceptedAt } = watched;
  const extensions = (result.extensions ?? []) as readonly { readonly id: string }[];
  const meant = SCOPES_OF_ROLE[party.role];
  const granted = (): ReadonlySet<Scope> => new Set([...grants.scopesOf(token)].filter((each) => meant.includes(each)));
  const atFirst = granted();
  const moved = () => grants.changedAt(token) >= acceptedAt;
  // Of a change that was under way then nobody outside knows on which side of it the gateway accepted the token.
  const unsure = moved();
  // Whoever is still connected so long after a change was accepted after it.
  const settled = () => !watched.closed && now() - grants.changedAt(token) > GRACE_MS;
  return {
    role: party.role,
    deviceId: party.deviceId,
    extended: extensions.length > 0,
    revision: (result.protocol_rev as number | undefined) ?? 2,
    get scopes() {
      return moved() && settled() ? granted() : atFirst;
    },
    get sure() {
      return !unsure || settled();
    },
  };
}
