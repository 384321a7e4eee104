import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Revision } from '../tables/revisions.ts';
import { tyrum } from '../tyrum.ts';
import { EXAMPLE, examplePairing, exampleTurn } from '../values/example.ts';
import { defineCast } from './cast.ts';
import { defineContract } from './contract.ts';
import { defineEvent, defineRequest } from './operation.ts';
import { readAs } from './read-as.ts';
import type { RequestView } from './revision-view.ts';
import { schemaAt } from './schema-at.ts';

// What a strict reader of revision 2 accepts in each event, field by field: written out, never derived.
const EVENTS_AT_2: Readonly<Record<string, readonly string[]>> = {
  'approval.updated': ['approval'],
  'artifact.attached': ['artifact', 'dispatch_id', 'turn_id', 'turn_item_id', 'workflow_run_step_id'],
  'artifact.created': ['artifact'],
  'artifact.fetched': ['artifact', 'fetched_by'],
  'attempt.evidence': ['dispatch_id', 'evidence', 'node_id', 'turn_id'],
  'auth.failed': ['client_ip', 'reason', 'request_id', 'surface', 'transport', 'user_agent'],
  'authz.denied': ['client_id', 'reason', 'request_id', 'request_type', 'required_scopes', 'surface', 'token'],
  'capability.ready': ['capabilities', 'capability_states', 'node_id'],
  'chat.ui-message.stream': ['chunk', 'error', 'stage', 'stream_id'],
  'context_report.created': ['report', 'turn_id'],
  'delivery.receipt': ['channel', 'conversation_id', 'error', 'receipt', 'status', 'thread_id'],
  error: ['code', 'message'],
  'formatting.fallback': ['conversation_id', 'message_id', 'reason'],
  'message.delta': ['conversation_id', 'delta', 'message_id', 'role', 'thread_id'],
  'message.final': ['content', 'conversation_id', 'message_id', 'role', 'thread_id'],
  'pairing.updated': ['pairing', 'scoped_token'],
  'policy_override.created': ['override'],
  'policy_override.expired': ['override'],
  'policy_override.revoked': ['override'],
  'presence.pruned': ['instance_id'],
  'presence.upserted': ['entry'],
  'reasoning.delta': ['conversation_id', 'delta', 'reasoning_id', 'thread_id'],
  'reasoning.final': ['content', 'conversation_id', 'reasoning_id', 'thread_id'],
  'tool.lifecycle': [
    'agent_id',
    'channel',
    'conversation_id',
    'duration_ms',
    'error',
    'status',
    'summary',
    'thread_id',
    'tool_call_id',
    'tool_id',
    'turn_id',
    'workspace_id',
  ],
  'turn.blocked': ['approval_id', 'detail', 'reason', 'turn_id'],
  'turn.cancelled': ['reason', 'turn_id'],
  'turn.completed': ['turn_id'],
  'turn.failed': ['turn_id'],
  'turn.item.created': ['turn_item'],
  'turn.queued': ['turn_id'],
  'turn.resumed': ['turn_id'],
  'turn.started': ['turn_id'],
  'turn.updated': ['trigger_kind', 'turn'],
  'typing.started': ['conversation_id', 'thread_id'],
  'typing.stopped': ['conversation_id', 'thread_id'],
  'usage.snapshot': ['local', 'provider', 'scope'],
};

describe('an event in the words of revision 2', () => {
  const view = tyrum.at(2);
  const events = tyrum.definitions.flatMap((definition) => (definition.kind === 'event' ? [definition] : []));

  it('is one of these types, the others are not said [EV-8]', () => {
    const said = events.flatMap(({ type, example }) =>
      view.sayEvent(type, example?.payload).map((words) => words.type),
    );

    expect(said.sort()).toEqual(Object.keys(EVENTS_AT_2).sort());
  });

  it.each(events)(
    '$type has no key that revision 2 lacks, whatever the gateway knows [EV-8] [RV-3]',
    async ({ type, example }) => {
      await fc.assert(
        fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (more) => {
          const payload = {
            ...more,
            turn_id: exampleTurn.turn_id,
            conversation_id: 'c',
            ...(type === 'turn.failed' ? { error: { code: 'a', message: '' } } : {}),
            requested_by: EXAMPLE.device.device_id,
            ...(example?.payload as object),
          };
          for (const words of view.sayEvent(type, payload)) {
            const keys = Object.keys(words.payload as object);
            expect(keys.filter((key) => EVENTS_AT_2[words.type]?.includes(key) !== true)).toEqual([]);
          }
        }),
        { numRuns: 20 },
      );
    },
  );

  it('has no newer key in what it carries either [EV-8] [RV-3]', () => {
    const [turn] = view.sayEvent('turn.updated', { turn: { ...exampleTurn, conversation_id: 'conv_1' } });
    const [pairing] = view.sayEvent('pairing.updated', {
      pairing: { ...examplePairing, node: { ...examplePairing.node, connected: true } },
    });

    expect(turn?.payload).not.toHaveProperty('turn.conversation_id');
    expect(turn?.payload).toHaveProperty('turn.turn_id');
    expect(pairing?.payload).not.toHaveProperty('pairing.node.connected');
    expect(pairing?.payload).toHaveProperty('pairing.node.node_id');
  });

  it('is the same words at revision 3 that the gateway spoke', () => {
    const payload = { turn_id: exampleTurn.turn_id, conversation_id: 'conv_1' };

    expect(tyrum.at(3).sayEvent('turn.queued', payload)).toEqual([{ type: 'turn.queued', payload }]);
  });

  it('is nothing for a type that no revision has', () => {
    expect(view.sayEvent('no.such', {})).toEqual([]);
  });
});

describe('a request that goes both ways', () => {
  it('is read strictly by the gateway and tolerantly by a peer [FR-10] [FR-11]', () => {
    const ping = tyrum.at(3).requests.get('ping') as RequestView;

    expect(readAs(ping.payloads.gateway, { x: 1 }, 'payload').fits).toBe(false);
    expect(readAs(ping.payloads.peer, { x: 1 }, 'payload')).toEqual({ fits: true, value: {} });
    expect(ping.payload).toBe(ping.payloads.gateway);
  });

  it('is read by whom it is for, where it goes one way', () => {
    const execute = tyrum.at(3).requests.get('task.execute');
    const get = tyrum.at(3).requests.get('turn.get');

    expect([execute?.payload === execute?.payloads.peer, execute?.result === execute?.results.gateway]).toEqual([
      true,
      true,
    ]);
    expect([get?.payload === get?.payloads.gateway, get?.result === get?.results.peer]).toEqual([true, true]);
  });
});

describe('casts over several revisions', () => {
  const entry = (revision: number): Revision => ({
    revision,
    status: 'supported',
    released: null,
    sunset: null,
    summary: '',
  });
  const say = defineRequest({
    type: 'say',
    summary: 'Says something.',
    direction: 'to_gateway',
    roles: ['client'],
    scopes: [],
    effect: 'once',
    since: 2,
    payload: z.object({ words: z.array(z.string()), loud: z.boolean().default(false) }),
    result: z.object({ ids: z.array(z.int()) }),
    example: { payload: { words: [] }, result: { ids: [] } },
  });
  const said = defineEvent({
    type: 'said',
    summary: 'Something was said.',
    audience: { roles: ['client'], scopes: [] },
    kept: 'durable',
    since: 2,
    payload: z.object({ words: z.array(z.string()) }),
    example: { payload: { words: [] } },
  });
  const heard = { ...said, type: 'heard' as const, until: 2, payload: z.object({ word: z.string() }) };
  const uttered = { ...said, type: 'uttered' as const, since: 4, payload: z.object({ sentence: z.string() }) };
  const contract = defineContract({
    name: 'chain',
    revisions: [entry(2), entry(3), entry(4)],
    modules: { all: { say, said, heard, uttered } },
    casts: [
      defineCast({
        from: 3,
        to: 4,
        requests: {
          say: {
            payload: {
              schema: z.object({ text: z.string() }),
              up: ({ text }: { text: string }) => ({ words: text.split(' ') }),
            },
            result: { schema: z.object({ id: z.int() }), down: ({ ids }: { ids: number[] }) => ({ id: ids[0] }) },
            error: { down: ({ code }) => (code === 'conflict' ? { result: { id: 0 } } : undefined) },
          },
        },
        events: {
          uttered: ({ sentence }: { sentence: string }) => [{ type: 'said', payload: { words: sentence.split(' ') } }],
        },
      }),
      defineCast({
        from: 2,
        to: 3,
        requests: {
          say: {
            payload: {
              schema: z.object({ shout: z.string() }),
              up: ({ shout }: { shout: string }) => ({ text: shout.toUpperCase() }),
            },
            result: { schema: undefined, down: () => undefined },
          },
        },
        events: {
          said: ({ words }: { words: string[] }) =>
            words.map((word) => ({ type: 'heard', payload: { word, extra: 1 } })),
        },
      }),
    ],
  });
  const at = (revision: number) => contract.at(revision).requests.get('say');

  it('go up one after the other, and fill in what the current revision has by default [RV-15]', () => {
    expect(at(2)?.payload).toEqual(schemaAt(z.object({ shout: z.string() }), 2, 'gateway'));
    expect(at(2)?.up({ shout: 'a b' })).toEqual({ words: ['A', 'B'], loud: false });
    expect(at(3)?.up({ text: 'a b' })).toEqual({ words: ['a', 'b'], loud: false });
    expect(at(4)?.up({ words: ['a'] })).toEqual({ words: ['a'] });
  });

  it('go down one after the other [RV-15]', () => {
    expect(at(4)?.down({ ids: [7] })).toEqual({ ids: [7] });
    expect(at(3)?.down({ ids: [7] })).toEqual({ id: 7 });
    expect(at(2)?.down({ ids: [7] })).toBeUndefined();
    expect(at(2)?.result).toBeUndefined();
  });

  it('may answer ok where the current revision refuses, and only there [RQ-24]', () => {
    expect(at(3)?.downError({ code: 'conflict', details: {} })).toEqual({ result: { id: 0 } });
    expect(at(3)?.downError({ code: 'internal', details: {} })).toBeUndefined();
    expect(at(4)?.downError({ code: 'conflict', details: {} })).toBeUndefined();
  });

  it('turn one event into several, or none, and drop keys that the revision lacks [RV-15]', () => {
    expect(contract.at(2).sayEvent('said', { words: ['a', 'b'] })).toEqual([
      { type: 'heard', payload: { word: 'a' } },
      { type: 'heard', payload: { word: 'b' } },
    ]);
    expect(contract.at(2).sayEvent('uttered', { sentence: 'a b' })).toEqual(
      contract.at(2).sayEvent('said', { words: ['a', 'b'] }),
    );
    expect(contract.at(2).sayEvent('said', { words: [] })).toEqual([]);
    expect(contract.at(3).sayEvent('said', { words: ['a'] })).toEqual([{ type: 'said', payload: { words: ['a'] } }]);
  });

  it('are the same whatever order they are listed in', () => {
    const reversed = defineContract({ ...contract, casts: contract.casts.toReversed() });

    expect(reversed.at(2).requests.get('say')?.up({ shout: 'a' })).toEqual(at(2)?.up({ shout: 'a' }));
  });
});
