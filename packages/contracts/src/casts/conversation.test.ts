import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schema } from '../define/operation.ts';
import { mustFit, readAs } from '../define/read-as.ts';
import type { RequestView } from '../define/revision-view.ts';
import { ProtocolError } from '../protocol-error.ts';
import { tyrum } from '../tyrum.ts';

const send = (revision: number) => tyrum.at(revision).requests.get('conversation.send') as RequestView;
const at2 = send(2);
const at3 = send(3);

const hello = { id: 'msg_1', role: 'user', parts: [{ type: 'text', text: 'hello' }] };

describe('conversation.send at revision 2', () => {
  it('says the last message of the user [RV-15]', () => {
    const payload = {
      conversation_id: 'conv_1',
      trigger: 'submit-message',
      messages: [
        { id: 'msg_0', role: 'user', parts: [{ type: 'text', text: 'earlier' }] },
        { ...hello, metadata: { seen: true } },
        { id: 'msg_2', role: 'assistant', parts: [] },
      ],
      headers: { a: 'b' },
      body: {},
    };

    expect(at2.up(mustFit(at2.payload, payload, 'payload'))).toEqual({
      conversation_id: 'conv_1',
      content: hello.parts,
      message_id: 'msg_1',
    });
  });

  it('names the message as it is told to', () => {
    const payload = {
      conversation_id: 'conv_1',
      trigger: 'submit-message',
      messages: [hello],
      message_id: 'mine',
      metadata: { k: 1 },
    };

    expect(at2.up(payload)).toMatchObject({ message_id: 'mine', metadata: { k: 1 } });
  });

  it('asks for the answer once more without saying anything', () => {
    const payload = {
      conversation_id: 'conv_1',
      trigger: 'regenerate-message',
      messages: [hello],
      message_id: 'msg_9',
    };

    expect(at2.up(payload)).toEqual({ conversation_id: 'conv_1', content: [], regenerate: true });
  });

  it.each([undefined, [], [{ ...hello, role: 'assistant' }]])(
    'is refused where no user says anything: %j [ER-3]',
    (messages) => {
      const refused = thrownBy(() => at2.up({ conversation_id: 'conv_1', trigger: 'submit-message', messages }));

      expect(refused).toMatchObject({
        code: 'contract_error',
        details: { issues: [{ path: ['payload', 'messages'] }] },
      });
    },
  );

  it.each([
    ['an id longer than revision 3 keeps', { ...hello, id: 'i'.repeat(129) }, ['payload', 'message_id']],
    [
      'more parts than revision 3 takes',
      { ...hello, parts: Array.from({ length: 1001 }, () => ({ type: 'text' })) },
      ['payload', 'content'],
    ],
  ])('is refused with its path for %s [ER-3]', (_what, message, path) => {
    const payload = mustFit(
      at2.payload,
      { conversation_id: 'conv_1', trigger: 'submit-message', messages: [message] },
      'payload',
    );

    const refused = thrownBy(() => at2.up(payload));

    expect(refused).toMatchObject({ code: 'contract_error', details: { issues: [{ path }] } });
  });

  it('refuses the words of revision 3, and the other way round', () => {
    const said3 = { conversation_id: 'conv_1', content: [{ type: 'text', text: 'hello' }] };
    const said2 = { conversation_id: 'conv_1', trigger: 'submit-message', messages: [hello] };

    expect(readAs(at3.payload, said3, 'payload').fits).toBe(true);
    expect(readAs(at2.payload, said3, 'payload').fits).toBe(false);
    expect(readAs(at2.payload, said2, 'payload').fits).toBe(true);
    expect(readAs(at3.payload, said2, 'payload').fits).toBe(false);
  });

  it('is read without an own key `__proto__` of a part or of the metadata, and keeps it further down', () => {
    const deep = '{"a":{"__proto__":1}}';
    const payload: unknown = JSON.parse(
      `{"conversation_id":"c","trigger":"submit-message","metadata":{"__proto__":{"polluted":1},"deep":${deep}},` +
        `"messages":[{"id":"m","role":"user","parts":[{"type":"t","__proto__":{"polluted":1},"deep":${deep}}]}]}`,
    );

    const said = JSON.stringify(at2.up(mustFit(at2.payload, payload, 'payload')));

    expect(JSON.parse(said)).toEqual({
      conversation_id: 'c',
      content: [{ type: 't', deep: JSON.parse(deep) }],
      message_id: 'm',
      metadata: { deep: JSON.parse(deep) },
    });
    expect(said).not.toContain('polluted');
    expect(said.split(deep)).toHaveLength(3);
  });

  it('answers with the turn as the stream, and nothing else [RV-16]', () => {
    const result = { message_id: 'msg_1', turn_id: '5b0e4f3a-1c7d-4e2b-a6f8-9d0c1b2a3f4e' };

    expect(at2.down(result)).toEqual({ stream_id: '5b0e4f3a-1c7d-4e2b-a6f8-9d0c1b2a3f4e' });
    expect(at3.down(result)).toBe(result);
  });
});

describe('the cast of conversation.send', () => {
  const text = fc.string({ minLength: 1, maxLength: 130 });
  // An object with an own key `__proto__` is read without it, which a test of its own shows.
  const key = fc.string().filter((name) => name !== '__proto__');
  const map = fc.dictionary(key, fc.jsonValue());
  const part = fc.record({ type: text, text: fc.string(), extra: fc.jsonValue() }, { requiredKeys: ['type'] });
  const message = fc.record(
    {
      id: text,
      role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
      parts: fc.array(part, { maxLength: 3 }),
      metadata: map,
    },
    { requiredKeys: ['id', 'role', 'parts'] },
  );
  const payload = fc.record(
    {
      conversation_id: text,
      trigger: fc.constantFrom('submit-message', 'regenerate-message'),
      messages: fc.array(message, { maxLength: 4 }),
      message_id: text,
      headers: map,
      body: map,
      metadata: map,
    },
    { requiredKeys: ['conversation_id', 'trigger'] },
  );

  it('leads from valid at 2 to valid at 3, or refuses; nothing is invented [RV-15]', async () => {
    let cast = 0;
    await fc.assert(
      fc.property(payload, (generated) => {
        const wire: unknown = JSON.parse(JSON.stringify(generated));
        const said = mustFit(at2.payload, wire, 'payload');
        let current: { content: readonly unknown[]; message_id?: string; metadata?: unknown };
        try {
          current = at2.up(said) as typeof current;
        } catch (refused) {
          expect(ProtocolError.is(refused) && refused.code).toBe('contract_error');
          return;
        }
        cast += 1;
        expect(mustFit(at3.payload, JSON.parse(JSON.stringify(current)), 'payload')).toEqual(current);
        const users = (generated.messages ?? []).filter(({ role }) => role === 'user');
        const written = JSON.stringify(wire);
        for (const one of current.content) expect(written).toContain(JSON.stringify(one));
        if (current.message_id !== undefined) {
          expect([generated.message_id, ...users.map(({ id }) => id)]).toContain(current.message_id);
        }
        expect(current.metadata).toEqual(
          generated.metadata === undefined ? undefined : JSON.parse(JSON.stringify(generated.metadata)),
        );
      }),
      { numRuns: 300 },
    );
    expect(cast).toBeGreaterThan(100);
  });

  it('leads from every result at 3 to a valid one at 2 [RV-15]', async () => {
    await fc.assert(
      fc.property(fc.record({ message_id: text, turn_id: fc.uuid({ version: 4 }) }), (result) => {
        expect(at2.down(mustFit(at3.result as Schema, result, 'result'))).toEqual({ stream_id: result.turn_id });
      }),
    );
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
