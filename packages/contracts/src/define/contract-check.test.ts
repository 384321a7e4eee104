import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as z3 from 'zod/v3';
import type { Revision } from '../tables/revisions.ts';
import { type Cast, defineCast } from './cast.ts';
import { defineContract } from './contract.ts';
import { ContractError } from './contract-check.ts';
import { defineEvent, defineRequest, type EventDefinition, type RequestDefinition, type Schema } from './operation.ts';

const revision = (number: number, status: Revision['status'] = 'supported'): Revision => ({
  revision: number,
  status,
  released: null,
  sunset: null,
  summary: 'for tests',
});

const request = (changes: Partial<RequestDefinition> = {}): RequestDefinition => ({
  ...defineRequest({
    type: 'thing.get',
    summary: 'Reads a thing.',
    direction: 'to_gateway',
    roles: ['client'],
    scopes: ['operator.read'],
    effect: 'read',
    since: 2,
    payload: z.object({}),
    example: { payload: {} },
  }),
  ...changes,
});

const event = (changes: Partial<EventDefinition> = {}): EventDefinition => ({
  ...defineEvent({
    type: 'thing.updated',
    summary: 'A thing changed.',
    audience: { roles: ['client'], scopes: ['operator.read'] },
    kept: 'durable',
    since: 2,
    payload: z.object({}),
    example: { payload: {} },
  }),
  ...changes,
});

interface World {
  readonly definitions?: readonly unknown[];
  readonly revisions?: readonly Revision[];
  readonly casts?: readonly Cast[];
}

function contract({
  definitions = [request(), event()],
  revisions = [revision(2), revision(3), revision(4)],
  casts = [],
}: World) {
  return defineContract({ name: 'test', revisions, modules: { things: { ...definitions } }, casts });
}

const payload = (schema: Schema, changes: Partial<RequestDefinition> = {}) => ({
  definitions: [request({ payload: schema, ...changes })],
});
const result = (schema: Schema) => ({ definitions: [request({ result: schema })] });
const cast = (changes: Partial<Cast>): World => ({ casts: [{ ...defineCast({ from: 2, to: 3 }), ...changes }] });
const younger = (schema: z.ZodType, since = 3) => z.object({ field: schema.meta({ 'x-since': since }) });
const named = (schema: z.ZodType) => schema.meta({ id: 'ContractCheckTestNoun' });

const REFUSED: readonly [string, World, string][] = [
  [
    'two requests of one type',
    { definitions: [request(), request()] },
    'request thing.get: is defined twice; types are unique',
  ],
  ['two events of one type', { definitions: [event(), event()] }, 'event thing.updated: is defined twice'],
  [
    'a type that is not dotted lower case',
    { definitions: [request({ type: 'Thing.Get' })] },
    'request Thing.Get: a type is lower case',
  ],
  ['a type without an end', { definitions: [request({ type: 'a'.repeat(129) })] }, 'at most 128 characters'],
  [
    'a since that is no revision',
    { definitions: [request({ since: 5 })] },
    'request thing.get: since 5 is not a revision of this contract',
  ],
  [
    'an until that is no revision',
    { definitions: [event({ until: 9 })] },
    'event thing.updated: until 9 is not a revision',
  ],
  [
    'an until before since',
    { definitions: [request({ since: 3, until: 2 })] },
    'request thing.get: until 2 is before since 3',
  ],
  ['a request without roles', { definitions: [request({ roles: [] })] }, 'request thing.get: has no roles'],
  [
    'an unknown role',
    { definitions: [request({ roles: ['admin' as 'client'] })] },
    'request thing.get: admin is not a role',
  ],
  [
    'an unknown scope',
    { definitions: [request({ scopes: ['read' as 'operator.read'] })] },
    'no peer of client can hold read',
  ],
  [
    'a scope of another role',
    { definitions: [request({ scopes: ['node.paired'] })] },
    'no peer of client can hold node.paired',
  ],
  [
    'an unknown effect',
    { definitions: [request({ effect: 'twice' as 'once' })] },
    'request thing.get: effect is one of read, once, remote',
  ],
  [
    'an unknown direction',
    { definitions: [request({ direction: 'up' as 'both' })] },
    'direction is one of to_gateway, to_peer, both',
  ],
  [
    'a once that a peer serves',
    { definitions: [request({ direction: 'to_peer', effect: 'once' })] },
    "request thing.get: effect once is the gateway's own store",
  ],
  [
    'a once that goes both ways',
    { definitions: [request({ direction: 'both', effect: 'once' })] },
    "effect once is the gateway's own store",
  ],
  [
    'an unknown error code',
    { definitions: [request({ errors: ['gone' as 'not_found'] })] },
    'request thing.get: gone is not in the error table',
  ],
  [
    'an event without an audience',
    { definitions: [event({ audience: { roles: [], scopes: [] } })] },
    'event thing.updated: has no audience',
  ],
  [
    'an unknown way to keep an event',
    { definitions: [event({ kept: 'forever' as 'durable' })] },
    'event thing.updated: kept is one of durable,',
  ],

  [
    'revisions that do not ascend',
    { revisions: [revision(3), revision(2)] },
    'contract test: revision 2 stands after 3',
  ],
  [
    'revisions that are all retired',
    { revisions: [revision(2, 'retired')] },
    'contract test: every revision is retired',
  ],

  [
    'a transform',
    payload(z.object({ deep: z.array(z.string().transform(Number)) })),
    'request thing.get: payload.deep: a wire schema cannot be a pipe',
  ],
  ['a date', result(z.object({ at: z.date() })), 'request thing.get: result.at: a wire schema cannot be a date'],
  [
    'a refinement',
    payload(z.object({ a: z.string() }).refine(() => true)),
    'request thing.get: payload: a wire schema cannot have a check (custom)',
  ],
  [
    'a refinement of a string',
    payload(z.object({ a: z.string().refine(() => true) })),
    'payload.a: a wire schema cannot have a check (custom)',
  ],
  [
    'text that is trimmed',
    payload(z.object({ a: z.string().trim() })),
    'payload.a: a wire schema cannot have a check (overwrite)',
  ],
  ['a coercion', payload(z.object({ a: z.coerce.number() })), 'payload.a: a wire schema cannot coerce'],
  [
    'a format that each language reads in its own way',
    payload(z.object({ a: z.url() })),
    'payload.a: the format url does not mean the same everywhere',
  ],
  [
    'a pattern with flags',
    payload(z.object({ a: z.string().regex(/a/i) })),
    'payload.a: a pattern of the wire has no flags, JSON Schema cannot say i',
  ],
  [
    'a literal that JSON does not have',
    payload(z.object({ a: z.literal([1n]) })),
    'payload.a: a literal of the wire is a JSON value',
  ],
  [
    'keys of a record that are checked',
    payload(z.object({ a: z.record(z.enum(['x']), z.string()) })),
    'payload.a: the keys of a wire record are plain strings',
  ],
  [
    'a schema of zod 3',
    payload(z3.object({}) as unknown as Schema),
    'request thing.get: payload: is not a schema of zod 4',
  ],
  [
    'something optional that is caught',
    payload(z.object({ a: z.string().catch('') })),
    'payload.a: a wire schema cannot be a catch',
  ],

  [
    'an id used twice for different schemas',
    {
      definitions: [
        request({ payload: z.object({ a: named(z.string()) }), result: z.object({ b: named(z.number()) }) }),
      ],
    },
    'request thing.get: result.b: two different schemas have the id ContractCheckTestNoun',
  ],
  [
    'a field newer than its operation and required',
    payload(younger(z.string())),
    'request thing.get: payload.field: does not exist at every revision of its owner: it must be optional',
  ],
  [
    'a required field in a noun newer than its user',
    payload(z.object({ noun: named(younger(z.string())) })),
    'payload.noun.field: does not exist at every revision',
  ],
  [
    'a default that older revisions do not fill in',
    payload(younger(z.string().default(''))),
    'payload.field: does not exist at every revision of its owner: a default is not filled in there',
  ],
  [
    'a field that ends and is required',
    payload(z.object({ field: z.string().meta({ 'x-until': 3 }) })),
    'payload.field: does not exist at every revision',
  ],
  [
    'a field since a revision that is none',
    payload(younger(z.string().optional(), 7)),
    'payload.field: x-since 7 is not a revision of this contract',
  ],
  [
    'a field since text',
    payload(younger(z.string().optional(), '3' as unknown as number)),
    'payload.field: x-since 3 is not a revision',
  ],
  [
    'a field older than its operation',
    payload(younger(z.string().optional(), 2), { since: 3 }),
    "payload.field: x-since 2 is before the field's owner, which exists since 3",
  ],
  [
    'a field younger than the end of its operation',
    payload(younger(z.string().optional(), 4), { until: 3 }),
    'payload.field: x-since 4 is after the last revision, 3',
  ],
  [
    'a field that ends before it begins',
    payload(z.object({ field: z.string().optional().meta({ 'x-since': 4, 'x-until': 3 }) })),
    'payload.field: x-until 3 is before x-since 4',
  ],

  ['a cast from a revision that does not exist', cast({ from: 1 }), 'cast 1 → 3: revision 1 does not exist'],
  ['a cast to a revision that does not exist', cast({ to: 9 }), 'cast 2 → 9: revision 9 does not exist'],
  ['a cast that goes down', cast({ from: 3, to: 2 }), 'cast 3 → 2: goes from an older revision to a newer one'],
  ['a cast that passes over a revision', cast({ to: 4 }), 'cast 2 → 4: passes over revision 3'],
  [
    'a cast of an unknown request',
    cast({ requests: { 'thing.put': {} } }),
    'cast 2 → 3: request thing.put is not defined',
  ],
  [
    'a cast of an unknown event',
    cast({ events: { 'thing.get': () => [] } }),
    'cast 2 → 3: event thing.get is not defined',
  ],
  [
    'a cast whose older shape transforms',
    cast({
      requests: { 'thing.get': { payload: { schema: z.object({ a: z.string().transform(Number) }), up: () => ({}) } } },
    }),
    'cast 2 → 3: request thing.get: payload.a: a wire schema cannot be a pipe',
  ],
];

describe('a contract', () => {
  it.each(REFUSED)('is refused for %s', (_what, world, message) => {
    expect(() => contract(world)).toThrow(ContractError);
    expect(() => contract(world)).toThrow(message);
  });

  it.each([
    ['a request and an event of one type', { definitions: [request({ type: 'ping' }), event({ type: 'ping' })] }],
    ['a newer field that is optional', payload(younger(z.string().nullable().optional()))],
    [
      'a noun whose fields are older than its user',
      payload(z.object({ noun: named(younger(z.string())) }), { since: 4 }),
    ],
    [
      'a required newer field where a cast brings the older shape',
      {
        definitions: [request({ payload: younger(z.string()) })],
        casts: [
          defineCast({
            from: 2,
            to: 3,
            requests: { 'thing.get': { payload: { schema: z.object({}), up: () => ({ field: '' }) } } },
          }),
        ],
      },
    ],
    [
      'the formats that carry a pattern',
      payload(z.object({ a: z.uuid(), b: z.iso.datetime(), c: z.string().regex(/^a$/u), d: z.int() })),
    ],
    [
      'one noun in several places',
      payload(z.object({ a: named(z.string()).optional(), b: z.array(z.literal(['x', 1, true, null])) })),
    ],
  ] satisfies [string, World][])('may have %s', (_what, world) => {
    expect(contract(world).definitions.length).toBeGreaterThan(0);
  });
});
