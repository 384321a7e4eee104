import { MAX_CURSOR_LENGTH, type RecoveryReason } from '@tyrum/contracts';
import type { Crypto } from '../../ports/crypto.ts';
import type { LogState } from '../../ports/store.ts';
import { createPlaceTags, type TagPlaces } from './place-tags.ts';

/** Everything besides the place that a cursor is bound to: the same for all cursors of one connection. */
export interface CursorAudience {
  readonly tenant: string;
  readonly deviceId: string;
  readonly role: string;
  readonly scopes: Iterable<string>;
  readonly revision: number;
}

/** Which log it is. */
export interface LogName {
  readonly tenant: string;
  readonly epoch: string;
}

/** An event, and where it stands. */
export interface PlacedEvent {
  readonly position: number;
  /** `eventId` of the event at the position; the empty string at 0. */
  readonly eventId: string;
}

/** A place in one tenant's log: the event that stands there names it, so that another history is noticed. */
export interface LogPlace extends LogName, PlacedEvent {}

/** What a cursor text turned out to be. */
export type ReadCursor =
  | { readonly valid: true; readonly epoch: string; readonly position: number; readonly mark: string }
  | {
      readonly valid: false;
      readonly reason: Extract<RecoveryReason, 'unknown_cursor' | 'revision_changed' | 'scope_changed'>;
    };

/**
 * Makes and reads cursors. A cursor is two halves joined by a dot: who it was given to, once per connection, and the place,
 * once per event and shared by all peers. Each half is authenticated under the gateway's secret, so that neither can be made
 * up and none can be used by another device.
 */
export interface CursorCodec {
  audienceHalf(audience: CursorAudience): string;
  placeHalf(place: LogPlace): string;
  /** The place halves of many events of a log, in their order: cheaper than one by one. */
  placeHalves(log: LogName, events: readonly PlacedEvent[]): readonly string[];
  read(cursor: string, audience: CursorAudience): ReadCursor;
  /** The place of an authentic cursor of a tenant, whoever it was made for. */
  placeOf(cursor: string, tenant: string): { readonly epoch: string; readonly position: number } | undefined;
}

/** How much of a MAC is kept: 66 bits, checked by one party that can be asked only through a handshake. */
const MAC_CHARACTERS = 11;
const MARK_CHARACTERS = 8;
/** Logs whose tags are kept ready. */
const MOST_LOGS = 1000;
const SHAPE =
  /^(\d{1,4})\.([A-Za-z0-9_-]{6})\.([A-Za-z0-9_-]{11})\.([A-Za-z0-9_-]{1,32})\.([0-9a-z]{1,11})\.([A-Za-z0-9_-]{1,8})\.([A-Za-z0-9_-]{11})$/;

export function createCursorCodec(crypto: Crypto, secret: Uint8Array): CursorCodec {
  const macOf = crypto.macWith(secret);

  function mac(...parts: readonly (string | number)[]): string {
    return macOf(JSON.stringify(parts)).slice(0, MAC_CHARACTERS);
  }

  /** There are as many as there are sets of scopes: few. */
  const scopeTags = new Map<string, string>();

  function scopeTag(audience: CursorAudience): string {
    const name = JSON.stringify([audience.role, [...audience.scopes].sort()]);
    const tag = scopeTags.get(name) ?? crypto.digest(name).slice(0, 6);
    scopeTags.set(name, tag);
    return tag;
  }

  function audienceMac({ tenant, deviceId }: CursorAudience, revision: string, scopes: string): string {
    return mac('audience', tenant, deviceId, revision, scopes);
  }

  /** The tags of the logs that were asked for last. */
  const tags = new Map<string, TagPlaces>();

  function tagsOf({ tenant, epoch }: LogName): TagPlaces {
    const name = `${epoch} ${tenant}`;
    let tagPlaces = tags.get(name);
    if (tagPlaces === undefined) {
      tagPlaces = createPlaceTags(crypto, secret, tenant, epoch);
      if (tags.size >= MOST_LOGS) tags.delete(tags.keys().next().value as string);
      tags.set(name, tagPlaces);
    }
    return tagPlaces;
  }

  function placeHalves(log: LogName, events: readonly PlacedEvent[]): string[] {
    const places = events.map(({ position, eventId }) => ({ position, mark: markOf(eventId) }));
    const tagged = tagsOf(log)(places);
    return places.map(({ position, mark }, index) =>
      joined(log.epoch, position.toString(36), mark, tagged[index] as string),
    );
  }

  /** The place that was named last: who connects while nothing happens is told of the same one. */
  let last: { readonly place: LogPlace; readonly half: string } | undefined;

  function placeHalf(place: LogPlace): string {
    if (last === undefined || !isSamePlace(last.place, place)) {
      last = { place, half: placeHalves(place, [place])[0] as string };
    }
    return last.half;
  }

  /** Whether its place is one of the log that it names, in a tenant. */
  function isPlaceIn(tenant: string, { epoch, position, mark, placeTag }: CursorParts): boolean {
    return tagsOf({ tenant, epoch })([{ position, mark }])[0] === placeTag;
  }

  return {
    audienceHalf(audience) {
      const scopes = scopeTag(audience);
      const revision = String(audience.revision);
      return joined(revision, scopes, audienceMac(audience, revision, scopes));
    },
    placeHalf,
    placeHalves,
    read(cursor, audience) {
      const parts = partsOf(cursor);
      const authentic =
        parts !== undefined &&
        parts.tag === audienceMac(audience, parts.revision, parts.scopes) &&
        isPlaceIn(audience.tenant, parts);
      if (!authentic) return { valid: false, reason: 'unknown_cursor' };
      if (parts.revision !== String(audience.revision)) return { valid: false, reason: 'revision_changed' };
      if (parts.scopes !== scopeTag(audience)) return { valid: false, reason: 'scope_changed' };
      return { valid: true, epoch: parts.epoch, position: parts.position, mark: parts.mark };
    },
    placeOf(cursor, tenant) {
      const parts = partsOf(cursor);
      if (parts === undefined || !isPlaceIn(tenant, parts)) return undefined;
      return { epoch: parts.epoch, position: parts.position };
    },
  };
}

/** One text of its own: a template would keep all its parts, for as long as a connection that keeps the half. */
function joined(...parts: readonly string[]): string {
  return parts.join('.');
}

interface CursorParts {
  readonly revision: string;
  readonly scopes: string;
  readonly tag: string;
  readonly epoch: string;
  readonly position: number;
  readonly mark: string;
  readonly placeTag: string;
}

function partsOf(cursor: string): CursorParts | undefined {
  const found = cursor.length > MAX_CURSOR_LENGTH ? null : SHAPE.exec(cursor);
  if (found === null) return undefined;
  const [, revision = '', scopes = '', tag = '', epoch = '', place = '', mark = '', placeTag = ''] = found;
  return { revision, scopes, tag, epoch, position: Number.parseInt(place, 36), mark, placeTag };
}

/** What of an event's id goes into its cursor. */
export function markOf(eventId: string): string {
  if (eventId === '') return '0';
  const end = eventId.slice(-MARK_CHARACTERS);
  return end.includes('-') ? eventId.replaceAll('-', '').slice(-MARK_CHARACTERS) : end;
}

function isSamePlace(one: LogPlace, other: LogPlace): boolean {
  return (
    one.position === other.position &&
    one.eventId === other.eventId &&
    one.epoch === other.epoch &&
    one.tenant === other.tenant
  );
}

/** The place at the end of a log. */
export function headOf(tenant: string, state: LogState): LogPlace {
  return { tenant, epoch: state.epoch, position: state.head, eventId: state.headEventId };
}
