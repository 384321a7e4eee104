import { defineCast, type EventCast, type EventWords } from '../define/cast.ts';

interface Said {
  readonly turn_id?: string;
  readonly requested_by?: string;
}
interface Piece {
  readonly delta: string;
  readonly offset?: number;
}
interface Whole {
  readonly content: string;
  readonly streamed?: number;
}
type MessageSaid = Said & { readonly message_id: string; readonly role: string };
type ReasoningSaid = Said & { readonly reasoning_id: string };

/**
 * The answer as a stream, for a sender that speaks revision 2: made from the events of the turn, beside them. The stream has the
 * id of the turn, and its chunks are those of UI messages: `start`, then for each text and each piece of reasoning its start, its
 * deltas and its end, then `finish`.
 */
export const uiMessageStreamCast = /* @__PURE__ */ defineCast({
  from: 2,
  to: 3,
  events: {
    'turn.started': beside('turn.started', () => [chunk({ type: 'start' })]),
    'message.delta': beside('message.delta', (said: MessageSaid & Piece) =>
      said.role === 'assistant' ? piece('text', said.message_id, said) : [],
    ),
    'message.final': beside('message.final', (said: MessageSaid & Whole) =>
      said.role === 'assistant' ? end('text', said.message_id, said) : [],
    ),
    'reasoning.delta': beside('reasoning.delta', (said: ReasoningSaid & Piece) =>
      piece('reasoning', said.reasoning_id, said),
    ),
    'reasoning.final': beside('reasoning.final', (said: ReasoningSaid & Whole) =>
      end('reasoning', said.reasoning_id, said),
    ),
    'turn.completed': beside('turn.completed', () => [chunk({ type: 'finish' }), { stage: 'done' }]),
    'turn.cancelled': beside('turn.cancelled', () => [chunk({ type: 'abort' }), { stage: 'done' }]),
    'turn.failed': beside('turn.failed', ({ error }: Said & { error?: { message: string } }) => [
      { stage: 'error', error: { message: error?.message ?? 'the turn failed' } },
    ]),
  },
});

type Kind = 'text' | 'reasoning';

/** The first piece begins what it is a piece of. */
function piece(kind: Kind, id: string, { delta, offset }: Piece): readonly object[] {
  return [...(offset === 0 ? [chunk({ type: `${kind}-start`, id })] : []), chunk({ type: `${kind}-delta`, id, delta })];
}

/** What no piece has carried is said before the end: all of it, where it was not streamed. */
function end(kind: Kind, id: string, { content, streamed = 0 }: Whole): readonly object[] {
  const rest = content.slice(streamed);
  return [
    ...(streamed === 0 ? [chunk({ type: `${kind}-start`, id })] : []),
    ...(rest === '' ? [] : [chunk({ type: `${kind}-delta`, id, delta: rest })]),
    chunk({ type: `${kind}-end`, id }),
  ];
}

function chunk(value: unknown): object {
  return { stage: 'chunk', chunk: value };
}

/** The event itself last, so that it keeps its identity; before it what the sender is streamed. */
function beside<Payload extends Said>(type: string, stream: (payload: Payload) => readonly object[]): EventCast {
  return (payload: Payload): readonly EventWords[] => {
    const { turn_id, requested_by } = payload;
    if (turn_id === undefined || requested_by === undefined) return [{ type, payload }];
    const words = stream(payload).map((said) => ({
      type: 'chat.ui-message.stream',
      payload: { stream_id: turn_id, ...said },
      deviceId: requested_by,
    }));
    return [...words, { type, payload }];
  };
}
