import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mustFit } from '../define/read-as.ts';
import { schemaAt } from '../define/schema-at.ts';
import type { EventView } from '../define/shapes.ts';
import { tyrum } from '../tyrum.ts';
import { uiMessageStreamCast } from './ui-message-stream.ts';

const TURN = '5b0e4f3a-1c7d-4e2b-a6f8-9d0c1b2a3f4e';
const DEVICE = `dev_${'a'.repeat(52)}`;

const asked = { turn_id: TURN, requested_by: DEVICE };
const message = { conversation_id: 'conv_1', message_id: 'msg_2', role: 'assistant', ...asked };
const reasoning = { conversation_id: 'conv_1', reasoning_id: 'why_1', ...asked };
const at2 = tyrum.at(2);
const at3 = tyrum.at(3);

const delta = (id: string, text: string) => ({ stage: 'chunk', chunk: { type: 'text-delta', id, delta: text } });
const thought = (text: string) => ({ stage: 'chunk', chunk: { type: 'reasoning-delta', id: 'why_1', delta: text } });
const chunk = (type: string, id?: string) => ({ stage: 'chunk', chunk: id === undefined ? { type } : { type, id } });

// What happens, what the sender is streamed for it, and what everyone is told at revision 2.
const STREAMED = [
  {
    what: 'the first piece of a message',
    type: 'message.delta',
    payload: { ...message, delta: 'hel', offset: 0 },
    stream: [chunk('text-start', 'msg_2'), delta('msg_2', 'hel')],
    told: { conversation_id: 'conv_1', message_id: 'msg_2', role: 'assistant', delta: 'hel' },
  },
  {
    what: 'another piece of a message',
    type: 'message.delta',
    payload: { ...message, delta: 'lo', offset: 3 },
    stream: [delta('msg_2', 'lo')],
    told: { conversation_id: 'conv_1', message_id: 'msg_2', role: 'assistant', delta: 'lo' },
  },
  {
    what: 'the end of a message that was streamed',
    type: 'message.final',
    payload: { ...message, content: 'hello', streamed: 5 },
    stream: [chunk('text-end', 'msg_2')],
    told: { conversation_id: 'conv_1', message_id: 'msg_2', role: 'assistant', content: 'hello' },
  },
  {
    what: 'a message of which a part was streamed',
    type: 'message.final',
    payload: { ...message, content: 'hello', streamed: 3 },
    stream: [delta('msg_2', 'lo'), chunk('text-end', 'msg_2')],
    told: { conversation_id: 'conv_1', message_id: 'msg_2', role: 'assistant', content: 'hello' },
  },
  {
    what: 'a message that was not streamed',
    type: 'message.final',
    payload: { ...message, content: 'hello' },
    stream: [chunk('text-start', 'msg_2'), delta('msg_2', 'hello'), chunk('text-end', 'msg_2')],
    told: { conversation_id: 'conv_1', message_id: 'msg_2', role: 'assistant', content: 'hello' },
  },
  {
    what: 'the first piece of reasoning',
    type: 'reasoning.delta',
    payload: { ...reasoning, delta: 'bec', offset: 0 },
    stream: [chunk('reasoning-start', 'why_1'), thought('bec')],
    told: { conversation_id: 'conv_1', reasoning_id: 'why_1', delta: 'bec' },
  },
  {
    what: 'the end of reasoning that was streamed',
    type: 'reasoning.final',
    payload: { ...reasoning, content: 'because', streamed: 7 },
    stream: [chunk('reasoning-end', 'why_1')],
    told: { conversation_id: 'conv_1', reasoning_id: 'why_1', content: 'because' },
  },
  {
    what: 'the beginning of a turn',
    type: 'turn.started',
    payload: { conversation_id: 'conv_1', ...asked },
    stream: [chunk('start')],
    told: { turn_id: TURN },
  },
  {
    what: 'the end of a turn',
    type: 'turn.completed',
    payload: { conversation_id: 'conv_1', ...asked },
    stream: [chunk('finish'), { stage: 'done' }],
    told: { turn_id: TURN },
  },
  {
    what: 'a turn that was cancelled',
    type: 'turn.cancelled',
    payload: { reason: 'changed my mind', ...asked },
    stream: [chunk('abort'), { stage: 'done' }],
    told: { turn_id: TURN, reason: 'changed my mind' },
  },
  {
    what: 'a turn that failed',
    type: 'turn.failed',
    payload: { conversation_id: 'conv_1', error: { code: 'timeout', message: 'too late' }, ...asked },
    stream: [{ stage: 'error', error: { message: 'too late' } }],
    told: { turn_id: TURN },
  },
  {
    what: 'a turn that failed without a word',
    type: 'turn.failed',
    payload: asked,
    stream: [{ stage: 'error', error: { message: 'the turn failed' } }],
    told: { turn_id: TURN },
  },
] as const;

describe('the answer of a turn at revision 2', () => {
  it.each(STREAMED)('streams $what to the device that asked, then tells all [EV-9]', (one) => {
    expect(at2.sayEvent(one.type, one.payload)).toEqual([
      ...one.stream.map((said) => ({
        type: 'chat.ui-message.stream',
        payload: { stream_id: TURN, ...said },
        deviceId: DEVICE,
      })),
      { type: one.type, payload: one.told },
    ]);
  });

  it.each(STREAMED)('streams no $what that nobody asked for, or of no turn [EV-9]', ({ type, payload }) => {
    for (const missing of ['requested_by', 'turn_id'] as const) {
      if (missing === 'turn_id' && type.startsWith('turn.')) continue;
      const { [missing]: _missing, ...rest } = payload;
      expect(at2.sayEvent(type, rest).map((words) => words.type)).toEqual([type]);
    }
  });

  it.each(['user', 'system'])('streams nothing that a %s says [EV-9]', (role) => {
    for (const type of ['message.delta', 'message.final']) {
      const words = at2.sayEvent(type, { ...message, role, delta: 'a', content: 'a' });
      expect(words.map((word) => word.type)).toEqual([type]);
    }
  });

  it('is not streamed at revision 3 [EV-9]', () => {
    for (const { type, payload } of STREAMED) {
      expect(tyrum.at(3).sayEvent(type, payload)).toEqual([{ type, payload }]);
    }
    expect(tyrum.at(3).events.has('chat.ui-message.stream')).toBe(false);
  });

  it('is streamed for every event that the cast names, and this table names all of them', () => {
    const types = new Set<string>(STREAMED.map(({ type }) => type));

    expect(Object.keys(uiMessageStreamCast.events ?? {}).sort()).toEqual([...types].sort());
  });
});

describe('whatever the gateway says of a turn', () => {
  const text = fc.string({ minLength: 1 });
  const some = { requiredKeys: [] };
  const who = fc.record({ turn_id: fc.uuid(), requested_by: fc.constant(DEVICE), thread_id: text }, some);
  const role = fc.constantFrom('assistant', 'user', 'system');
  const messageBase = { conversation_id: text, message_id: text, role };
  const reasoningBase = { conversation_id: text, reasoning_id: text };
  const step = fc.record({ turn_id: fc.uuid(), requested_by: fc.constant(DEVICE) }, { requiredKeys: ['turn_id'] });
  const failure = fc.record({ error: fc.record({ code: text, message: fc.string() }) }, some);
  const both = (one: fc.Arbitrary<object>, other: fc.Arbitrary<object>) =>
    fc.tuple(one, other).map(([first, second]) => ({ ...first, ...second }));
  const events = fc.oneof(
    both(fc.record({ ...messageBase, delta: fc.string() }), who).map((payload) => ['message.delta', payload] as const),
    both(fc.record({ ...messageBase, content: fc.string() }), who).map(
      (payload) => ['message.final', payload] as const,
    ),
    both(fc.record({ ...reasoningBase, delta: fc.string() }), who).map(
      (payload) => ['reasoning.delta', payload] as const,
    ),
    both(fc.record({ ...reasoningBase, content: fc.string() }), who).map(
      (payload) => ['reasoning.final', payload] as const,
    ),
    step.map((payload) => ['turn.completed', payload] as const),
    both(step, fc.record({ reason: text }, some)).map((payload) => ['turn.cancelled', payload] as const),
    both(step, failure).map((payload) => ['turn.failed', payload] as const),
  );

  it('is valid at revision 2 to the strictest reader, and ends with the event itself [EV-9] [RV-15]', async () => {
    let streamed = 0;
    await fc.assert(
      fc.property(events, ([type, payload]) => {
        const current = mustFit((at3.events.get(type) as EventView).payload, payload, 'payload');
        const words = at2.sayEvent(type, current);

        expect(words.at(-1)).toMatchObject({ type });
        expect(words.at(-1)).not.toHaveProperty('deviceId');
        for (const word of words) {
          const definition = at2.events.get(word.type)?.definition;
          if (definition === undefined) throw new Error(`${word.type} is not of revision 2`);
          mustFit(schemaAt(definition.payload, 2, 'gateway'), JSON.parse(JSON.stringify(word.payload)), 'payload');
        }
        if (words.length > 1) {
          streamed += 1;
          const { turn_id } = payload as { turn_id?: string };
          expect(words[0]).toMatchObject({ deviceId: DEVICE, payload: { stream_id: turn_id } });
        }
      }),
      { numRuns: 500 },
    );
    expect(streamed).toBeGreaterThan(50);
  });
});
