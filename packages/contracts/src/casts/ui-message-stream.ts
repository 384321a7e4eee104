import { defineCast, type EventCast, type EventWords } from '../define/cast.ts';

interface Said {
  readonly turn_id?: string;
  readonly requested_by?: string;
}
interface MessageSaid extends Said {
  readonly message_id: string;
  readonly role: string;
}
interface ReasoningSaid extends Said {
  readonly reasoning_id: string;
}

/**
 * The answer as a stream, for a sender that speaks revision 2: made from the events of the turn, beside them. The stream has the
 * id of the turn, and its chunks are those of UI messages.
 */
export const uiMessageStreamCast = defineCast({
  from: 2,
  to: 3,
  events: {
    'message.delta': beside('message.delta', ({ message_id, role, delta }: MessageSaid & { delta: string }) =>
      role === 'assistant' ? chunk({ type: 'text-delta', id: message_id, delta }) : undefined,
    ),
    'message.final': beside('message.final', ({ message_id, role }: MessageSaid) =>
      role === 'assistant' ? chunk({ type: 'text-end', id: message_id }) : undefined,
    ),
    'reasoning.delta': beside('reasoning.delta', ({ reasoning_id, delta }: ReasoningSaid & { delta: string }) =>
      chunk({ type: 'reasoning-delta', id: reasoning_id, delta }),
    ),
    'reasoning.final': beside('reasoning.final', ({ reasoning_id }: ReasoningSaid) =>
      chunk({ type: 'reasoning-end', id: reasoning_id }),
    ),
    'turn.completed': beside('turn.completed', () => ({ stage: 'done' })),
    'turn.cancelled': beside('turn.cancelled', () => ({ stage: 'done' })),
    'turn.failed': beside('turn.failed', ({ error }: Said & { error?: { message: string } }) => ({
      stage: 'error',
      error: { message: error?.message ?? 'the turn failed' },
    })),
  },
});

function chunk(value: unknown) {
  return { stage: 'chunk', chunk: value };
}

/** The event itself last, so that it keeps its identity; before it what the sender is streamed. */
function beside<Payload extends Said>(type: string, stream: (payload: Payload) => object | undefined): EventCast {
  return (payload: Payload): readonly EventWords[] => {
    const said = stream(payload);
    const { turn_id, requested_by } = payload;
    if (said === undefined || turn_id === undefined || requested_by === undefined) return [{ type, payload }];
    return [
      { type: 'chat.ui-message.stream', payload: { stream_id: turn_id, ...said }, deviceId: requested_by },
      { type, payload },
    ];
  };
}
