import { defineEvent, defineRequest } from '@tyrum/contracts';
import * as z from 'zod';

const Name = z.string().min(1).max(64);
/** Names one intention of an application, so that its effects can be counted. */
const Token = z.string().min(1).max(64);

/** How a handler behaves: well, slowly, by refusing, or by failing, before or after it has written. */
export const Manner = z.enum(['well', 'slow', 'refuse', 'refuse_after_writing', 'throw', 'throw_after_writing']);
export type Manner = z.infer<typeof Manner>;

/** What a handler does beside its effect, each seen by other peers. */
export const Aside = z.enum(['audit', 'whisper', 'hint', 'extra', 'note']);
export type Aside = z.infer<typeof Aside>;

export const counterAdd = defineRequest({
  type: 'counter.add',
  summary: 'Adds to a counter, once.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'once',
  since: 2,
  payload: z.object({
    counter: Name,
    by: z.int().min(1).max(1000),
    token: Token,
    manner: Manner,
    asides: z.array(Aside).max(5),
    padding: z.string().max(4096),
    /** For `note`: the node that hears of it. */
    node_id: z.string().min(1).optional(),
  }),
  result: z.object({ token: Token, value: z.int() }),
  errors: ['invalid_state'],
  example: {
    payload: { counter: 'a', by: 1, token: 't1', manner: 'well', asides: [], padding: '' },
    result: { token: 't1', value: 1 },
  },
});

export const counterRead = defineRequest({
  type: 'counter.read',
  summary: 'Reads all counters.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 2,
  payload: z.object({}),
  result: z.object({ counters: z.array(z.object({ counter: Name, value: z.int() })) }),
  example: { payload: {}, result: { counters: [{ counter: 'a', value: 1 }] } },
});

export const machineReport = defineRequest({
  type: 'machine.report',
  summary: 'A node reports; that is added to a counter, once.',
  direction: 'to_gateway',
  roles: ['node'],
  scopes: [],
  effect: 'once',
  since: 2,
  payload: z.object({ counter: Name, token: Token, by: z.int().min(1).max(1000) }),
  result: z.object({ token: Token, value: z.int() }),
  example: { payload: { counter: 'a', token: 't1', by: 1 }, result: { token: 't1', value: 1 } },
});

export const machinePoke = defineRequest({
  type: 'machine.poke',
  summary: 'Has a node turn a wheel, once.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'remote',
  since: 2,
  payload: z.object({ node_id: z.string().min(1), token: Token }),
  result: z.object({ token: Token }),
  errors: ['not_found', 'outcome_unknown'],
  example: { payload: { node_id: 'dev_1', token: 't1' }, result: { token: 't1' } },
});

export const machineTurn = defineRequest({
  type: 'machine.turn',
  summary: 'Asks a node to turn its wheel.',
  direction: 'to_peer',
  roles: ['node'],
  scopes: [],
  effect: 'remote',
  since: 2,
  payload: z.object({ token: Token }),
  result: z.object({ token: Token }),
  example: { payload: { token: 't1' }, result: { token: 't1' } },
});

const readers = { roles: ['client'], scopes: ['operator.read'] } as const;

export const counterChanged = defineEvent({
  type: 'counter.changed',
  summary: 'A counter has another value.',
  audience: readers,
  kept: 'durable',
  since: 2,
  payload: z.object({
    counter: Name,
    by: z.int(),
    value: z.int(),
    token: Token,
    padding: z.string(),
    by_device: z.string().optional().meta({ 'x-since': 4, description: 'Who asked for it.' }),
  }),
  example: { payload: { counter: 'a', by: 1, value: 1, token: 't1', padding: '' } },
});

export const counterAudited = defineEvent({
  type: 'counter.audited',
  summary: 'For administrators: who changed a counter.',
  audience: { roles: ['client'], scopes: ['operator.admin'] },
  kept: 'durable',
  since: 2,
  payload: z.object({ token: Token, device: z.string() }),
  example: { payload: { token: 't1', device: 'dev_1' } },
});

export const counterWhispered = defineEvent({
  type: 'counter.whispered',
  summary: 'For the one device that asked.',
  audience: readers,
  kept: 'durable',
  since: 2,
  payload: z.object({ token: Token, device: z.string() }),
  example: { payload: { token: 't1', device: 'dev_1' } },
});

export const counterHinted = defineEvent({
  type: 'counter.hinted',
  summary: 'A counter is about to change.',
  audience: readers,
  kept: 'ephemeral',
  since: 2,
  payload: z.object({ token: Token }),
  example: { payload: { token: 't1' } },
});

export const machineNoted = defineEvent({
  type: 'machine.noted',
  summary: 'Something that one node should know.',
  audience: { roles: ['node'], scopes: [] },
  kept: 'durable',
  since: 2,
  payload: z.object({ token: Token }),
  example: { payload: { token: 't1' } },
});
