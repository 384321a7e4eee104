import type { Intents } from '../applications/intents.ts';
import type { Link } from '../network/link.ts';
import type { WireObserver } from '../network/wire-observer.ts';
import type { History } from './history-rule.ts';
import type { Watched } from './watched.ts';

/** Reads what passes at the client's end of every connection: what is asked there, and what its events begin with. */
export function createClientWatch(options: {
  readonly intents: Intents;
  readonly historyOf: (host: string) => History;
  /** The same connection, as the gateway's end shows it. */
  readonly watchedOf: (link: Link) => Watched | undefined;
}): Pick<WireObserver, 'fromClient' | 'atClient'> {
  const { intents, historyOf, watchedOf } = options;
  return {
    fromClient(link, text) {
      if (link.copy) return;
      const frame = JSON.parse(text) as { ok?: boolean; request_id: string; payload?: Record<string, unknown> };
      if (frame.ok !== undefined) return;
      const token = tokenOf(frame.payload ?? {});
      if (token !== undefined) intents.sent(link.host, frame.request_id, token);
    },
    atClient(link, text) {
      if (link.copy) return;
      if (text.startsWith('{"event_id"')) {
        const { event_id: eventId } = JSON.parse(text) as { readonly event_id: string };
        const sending = watchedOf(link)?.sent.get(eventId);
        if (sending !== undefined) historyOf(link.host).arrived(eventId, sending);
        return;
      }
      if (!text.includes('"type":"connect.proof"')) return;
      const { ok, result } = JSON.parse(text) as { ok: boolean; result?: ProofResult };
      if (!ok || result === undefined) return;
      const viewer = watchedOf(link)?.viewer;
      historyOf(link.host).offered({
        revision: viewer?.revision ?? 2,
        outcome: result.recovery?.outcome ?? 'fresh',
        reason: result.recovery?.reason,
        cursor: result.cursor,
        viewer,
      });
    },
  };
}

interface ProofResult {
  readonly recovery?: { readonly outcome: 'fresh' | 'resumed' | 'snapshot_required'; readonly reason?: string };
  readonly cursor?: string;
}

/** What a request is for, wherever its payload says so. */
function tokenOf(payload: Record<string, unknown>): string | undefined {
  if (typeof payload.token === 'string') return payload.token;
  const { args } = (payload.action ?? {}) as { readonly args?: { readonly token?: string } };
  if (args?.token !== undefined) return args.token;
  return typeof payload.message_id === 'string' ? payload.message_id.replace('message-', '') : undefined;
}
