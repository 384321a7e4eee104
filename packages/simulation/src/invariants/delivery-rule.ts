import { existsAt, maySee } from '../truth/audience.ts';
import { type CursorFacts, positionIn, type TrueCursors } from '../truth/cursors.ts';
import type { Verdict } from '../truth/verdict.ts';
import type { Asked, Watched } from './watched.ts';
import type { WireEvent, WireRule } from './wire-watch.ts';

/** What every connection is sent: for its eyes, in the order of the log, linked by `prev`, and no more than it has credit for. */
export function deliveryRule(options: {
  readonly verdict: Verdict;
  readonly cursors: TrueCursors;
  readonly window: number;
}): WireRule {
  const { verdict, cursors, window } = options;
  const place = (watched: Watched) => `${watched.party.name} on #${watched.link.id}`;

  function handedOut(watched: Watched, cursor: string, position: number): void {
    cursors.handedOut(cursor, factsOf(watched, cursor, position));
  }

  function durable(watched: Watched, event: WireEvent, cursor: string, prev: string): void {
    const { party, last, log } = watched;
    const kept = log.find(event.event_id);
    if (kept === undefined) {
      verdict.fail(
        'audience',
        `${place(watched)} was sent ${event.type} ${event.event_id}, which the log of ${party.tenant} does not have`,
      );
      return;
    }
    judgeAudience(watched, kept);
    if (last !== undefined) {
      if (prev !== last.cursor) {
        verdict.fail(
          'every event or told',
          `${place(watched)}: prev of ${event.type} is ${prev}, and ${last.cursor} was sent before it`,
        );
      }
      judgeOrder(watched, last.position, kept.position);
    }
    watched.last = { cursor, position: kept.position };
    watched.unacked.push(kept.position);
    if (watched.unacked.length > window) {
      verdict.fail(
        'bounded bytes',
        `${place(watched)} has ${watched.unacked.length} unacknowledged events; the window is ${window}`,
      );
    }
    handedOut(watched, cursor, kept.position);
  }

  function judgeAudience(watched: Watched, event: Parameters<typeof maySee>[1]): void {
    if (watched.viewer !== undefined && !maySee(watched.viewer, event)) {
      verdict.fail('audience', `${place(watched)} was sent ${event.type}, and may not see it`);
    }
  }

  /** Between two events that are sent one after the other there is none that this peer may see. */
  function judgeOrder(watched: Watched, from: number, to: number): void {
    const { viewer, log } = watched;
    if (to <= from) {
      verdict.fail('every event or told', `${place(watched)} was sent position ${to} after ${from}`);
      return;
    }
    if (viewer?.sure !== true) return;
    for (let position = from + 1; position < to; position += 1) {
      const missed = log.at(position);
      if (missed !== undefined && existsAt(missed.type, viewer.revision) && maySee(viewer, missed)) {
        verdict.fail(
          'every event or told',
          `${place(watched)} was sent position ${to} after ${from}, without ${missed.type} at ${position}`,
        );
        return;
      }
    }
  }

  return {
    opened(watched, { result }, cursor) {
      if (cursor === undefined) return;
      const recovery = result?.recovery as { readonly outcome: string } | undefined;
      const resumed = recovery?.outcome === 'resumed';
      const asked = resumed && watched.resume !== 'acked' ? watched.resume : undefined;
      const position = (asked === undefined ? undefined : cursors.find(asked)?.position) ?? positionIn(cursor);
      handedOut(watched, cursor, position);
      watched.last = { cursor, position };
    },
    event(watched, event) {
      const { cursor, prev } = event;
      if (cursor === undefined || prev === undefined) {
        const { payload, type } = event;
        if (payload.scoped_token !== undefined) judgeSecret(watched, payload);
        else if (watched.viewer?.revision === 2) atOldRevision(watched, event);
        else judgeAudience(watched, { type, payload: JSON.stringify(payload), ...scopeOf(event) });
        return;
      }
      if (event.type !== 'events.bookmark') {
        durable(watched, event, cursor, prev);
        return;
      }
      const position = positionIn(cursor);
      if (watched.last !== undefined) {
        if (prev !== watched.last.cursor) {
          verdict.fail(
            'every event or told',
            `${place(watched)}: prev of a bookmark is ${prev}, and ${watched.last.cursor} was sent before it`,
          );
        }
        if (position !== watched.last.position) judgeOrder(watched, watched.last.position, position + 1);
      }
      watched.last = { cursor, position };
      handedOut(watched, cursor, position);
    },
    request(watched, asked) {
      if (asked.type === 'events.ack') acknowledged(watched, asked);
    },
    response(watched, { as_of: asOf }) {
      if (asOf !== undefined) handedOut(watched, asOf, positionIn(asOf));
    },
  };

  function acknowledged(watched: Watched, { payload }: Asked): void {
    const position = cursors.find(payload.cursor as string)?.position;
    if (position !== undefined) watched.unacked = watched.unacked.filter((sent) => sent > position);
  }

  /** At revision 2 there are no cursors, and some events go by other names: all is judged by their ids. */
  function atOldRevision(watched: Watched, event: WireEvent): void {
    const { type, payload } = event;
    const kept = watched.log.find(event.event_id);
    if (kept !== undefined) judgeAudience(watched, kept);
    if (!existsAt(type, 2)) return;
    if (type === 'counter.hinted') {
      judgeAudience(watched, { type, payload: JSON.stringify(payload), ...scopeOf(event) });
      return;
    }
    if (kept === undefined) {
      verdict.fail(
        'audience',
        `${place(watched)} was sent ${type}, which the log of ${watched.party.tenant} does not have`,
      );
      return;
    }
    if (watched.last !== undefined) judgeOrder(watched, watched.last.position, kept.position);
    watched.last = { cursor: '', position: kept.position };
  }

  function judgeSecret(watched: Watched, payload: WireEvent['payload']): void {
    const { node } = payload.pairing as { readonly node: { readonly node_id: string } };
    if (watched.party.role !== 'node' || watched.party.deviceId !== node.node_id) {
      verdict.fail('audience', `${place(watched)} was sent the token of ${node.node_id}`);
    }
  }
}

/** What a cursor stands for that was just handed out. */
function factsOf(watched: Watched, cursor: string, position: number): CursorFacts {
  const { party, viewer, log } = watched;
  return {
    tenant: party.tenant,
    deviceId: party.deviceId,
    role: party.role,
    scopes: audienceTag(watched, cursor),
    revision: viewer?.revision ?? 2,
    branch: log.branch,
    position,
  };
}

/**
 * The scopes of a client, `undefined` while they change. What a node may do is decided by its pairing, and then only the
 * cursor says whether that changed.
 */
export function audienceTag({ party, viewer }: Watched, cursor: string): ReadonlySet<string> | undefined {
  if (party.role === 'node') return new Set([cursor.split('.')[1] ?? '']);
  return viewer?.sure === true ? viewer.scopes : undefined;
}

function scopeOf({ scope }: WireEvent) {
  return scope?.kind === 'node' && scope.node_id !== undefined
    ? { scope: { kind: 'node', id: scope.node_id } as const }
    : {};
}
