import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineEvent, defineRequest } from '../define/operation.ts';
import { tyrum } from '../tyrum.ts';
import { describeExtension, describeRevision } from './describe.ts';
import { type Json, type JsonObject, sortKeys } from './json.ts';
import { describeChange, jsonChanges } from './json-changes.ts';
import { createSchemaWriter } from './json-schema.ts';
import { hashArtefact, lockContract } from './lock.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

const Money = z.object({ amount: z.int() }).meta({ id: 'DescribeTestMoney', description: 'an amount' });
const invoicePay = defineRequest({
  type: 'invoice.pay',
  summary: 'Pays an invoice.',
  direction: 'to_gateway',
  roles: ['node', 'client'],
  scopes: ['operator.write', 'node.paired'],
  effect: 'once',
  since: 3,
  payload: z.object({ money: Money, note: z.string().optional().meta({ description: 'for people' }) }),
  result: z.object({ money: Money }),
  errors: ['not_found', 'conflict'],
  example: { payload: { money: { amount: 1 } }, result: { money: { amount: 1 } } },
});
const invoicePaid = defineEvent({
  type: 'invoice.paid',
  summary: 'An invoice was paid.',
  audience: { roles: ['client'], scopes: ['operator.read'] },
  kept: 'durable',
  since: 2,
  payload: z.object({ money: Money }),
  example: { payload: { money: { amount: 1 } } },
});
const billing = { name: 'com.example.billing', modules: { billing: { invoicePay, invoicePaid } } };
const extended = tyrum.extend(billing);

describe('the artefact of a revision', () => {
  it('says of a request what a peer must know, and nothing of who serves it', () => {
    expect(describeRevision(tyrum, 2).requests['conversation.send']).toMatchObject({
      direction: 'to_gateway',
      effect: 'once',
      errors: ['conflict', 'invalid_state', 'not_found'],
      roles: ['client'],
      scopes: ['operator.write'],
      since: 2,
      payload: { additionalProperties: false, required: ['conversation_id', 'trigger'] },
      result: { properties: { stream_id: { type: 'string', minLength: 1 } }, required: ['stream_id'] },
    });
    expect(Object.keys(describeRevision(tyrum, 3).requests['conversation.send'] ?? {}).sort()).toEqual([
      'direction',
      'effect',
      'errors',
      'payload',
      'result',
      'roles',
      'scopes',
      'since',
    ]);
  });

  it('has the envelopes, the errors and the close codes of its revision', () => {
    const [at2, at3] = [2, 3].map(
      (revision) => describeRevision(tyrum, revision) as unknown as Record<string, Record<string, Json>>,
    );

    expect(at3?.frames).toHaveProperty('request.properties.idempotency_key.x-since', 3);
    expect(at2?.frames).not.toHaveProperty('request.properties.idempotency_key');
    expect(at2?.frames?.request).toHaveProperty('additionalProperties', false);
    expect(at3?.errors?.rate_limited).toEqual({ retryable: true, http_status: 429 });
    expect(at3?.close_codes?.['4005']).toEqual({ name: 'no_common_revision', reconnect: 'stop', until: 'upgrade' });
  });

  it('has a schema for every reference, and none that nothing refers to', () => {
    for (const revision of tyrum.served) {
      const artefact = describeRevision(tyrum, revision);
      const references = new Set(JSON.stringify(artefact).match(/(?<="#\/\$defs\/)[^"]+/g));
      expect([...references].sort()).toEqual(Object.keys(artefact.$defs));
    }
  });

  it('has no empty schema but the one that means any JSON value', () => {
    const empty = emptySchemas(describeRevision(tyrum, 3), '#');

    expect(empty.filter((place) => place !== '#/$defs/Json' && !place.endsWith('/additionalProperties'))).toEqual([]);
  });

  it('has no prose unless it is asked for', () => {
    expect(JSON.stringify(describeRevision(tyrum, 3))).not.toMatch(/"(description|summary)":"/);
    const prose = describeRevision(tyrum, 3, { prose: true });
    expect(prose.requests['turn.get']).toHaveProperty('summary', 'Reads a turn and what it produced so far.');
    expect(prose.$defs.Timestamp).toHaveProperty('description', 'ISO 8601 in UTC, with a trailing Z.');
  });

  it('does not tell what ends later, which nobody knew when it was released', () => {
    expect(describeRevision(tyrum, 2).requests['conversation.reconnect']).not.toHaveProperty('until');
    const schema = z.object({ a: z.string().optional().meta({ 'x-until': 3, 'x-since': 2 }) });
    expect(createSchemaWriter().write(schema)).toEqual({
      type: 'object',
      properties: { a: { type: 'string', 'x-since': 2 } },
    });
  });

  it('is found under a base that its owner names', () => {
    expect(describeRevision(tyrum, 3).$id).toBe('https://schemas.tyrum.dev/tyrum/3/contract.json');
    expect(describeRevision(tyrum, 3, { base: 'https://example.com/' }).$id).toBe(
      'https://example.com/3/contract.json',
    );
  });

  it('does not change when the contract is extended', () => {
    expect(describeRevision(extended, 3)).toEqual(describeRevision(tyrum, 3));
  });
});

describe('the artefact of an extension', () => {
  it('has what the extension brought, and each schema of it once', () => {
    const artefact = describeExtension(extended, 'com.example.billing', 3);

    expect(artefact).toEqual({
      $defs: {
        DescribeTestMoney: {
          type: 'object',
          properties: { amount: { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 } },
          required: ['amount'],
        },
        'DescribeTestMoney.closed': {
          additionalProperties: false,
          type: 'object',
          properties: { amount: { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 } },
          required: ['amount'],
        },
      },
      $id: 'https://schemas.tyrum.dev/tyrum/3/extensions/com.example.billing.json',
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      contract: 'tyrum',
      events: {
        'invoice.paid': {
          kept: 'durable',
          payload: {
            properties: { money: { $ref: '#/$defs/DescribeTestMoney' } },
            required: ['money'],
            type: 'object',
          },
          roles: ['client'],
          scopes: ['operator.read'],
          since: 2,
        },
      },
      extension: 'com.example.billing',
      requests: {
        'invoice.pay': {
          direction: 'to_gateway',
          effect: 'once',
          errors: ['conflict', 'not_found'],
          payload: {
            additionalProperties: false,
            properties: { money: { $ref: '#/$defs/DescribeTestMoney.closed' }, note: { type: 'string' } },
            required: ['money'],
            type: 'object',
          },
          result: { properties: { money: { $ref: '#/$defs/DescribeTestMoney' } }, required: ['money'], type: 'object' },
          roles: ['client', 'node'],
          scopes: ['node.paired', 'operator.write'],
          since: 3,
        },
      },
      revision: 3,
    });
  });

  it('has at an older revision what existed then', () => {
    const artefact = describeExtension(extended, 'com.example.billing', 2);

    expect([Object.keys(artefact.requests), Object.keys(artefact.events)]).toEqual([[], ['invoice.paid']]);
  });

  it('is refused for an extension that is not there', () => {
    expect(() => describeExtension(tyrum, 'com.example.billing', 3)).toThrow(RangeError);
  });
});

describe('the hash of an artefact', () => {
  it('is SHA-256 over canonical JSON, whatever the order of keys [RV-14]', () => {
    const hash = 'xcwNG5AFzO2Qq7QXjk1QL3DumfmeFYsYQfgquBIkHz8';

    expect(hashArtefact({ a: 'é', b: [true, null] }, sha256)).toBe(hash);
    expect(hashArtefact({ b: [true, null], a: 'é' }, sha256)).toBe(hash);
  });

  it.each([
    ['a scope', { scopes: [] }],
    ['an effect', { effect: 'read' as const }],
    ['an error code', { errors: ['not_found' as const] }],
    ['a shape', { payload: z.object({ money: Money }) }],
  ])('differs with %s [RV-14]', (_what, change) => {
    const other = tyrum.extend({
      ...billing,
      modules: { billing: { invoicePay: { ...invoicePay, ...change }, invoicePaid } },
    });
    const hash = (contract: typeof tyrum) => hashArtefact(describeExtension(contract, billing.name, 3), sha256);

    expect(hash(other)).not.toBe(hash(extended));
  });

  it.each([
    ['the order of errors', { errors: ['conflict', 'not_found'] as const }],
    ['a better sentence', { summary: 'Pays what is owed.' }],
    ['another example', { example: { payload: { money: { amount: 2 } } } }],
  ])('is the same for %s', (_what, change) => {
    const other = tyrum.extend({
      ...billing,
      modules: { billing: { invoicePay: { ...invoicePay, ...change }, invoicePaid } },
    });
    const hash = (contract: typeof tyrum) => hashArtefact(describeExtension(contract, billing.name, 3), sha256);

    expect(hash(other)).toBe(hash(extended));
  });
});

describe('a locked contract', () => {
  it('has the hash of each extension at each revision it serves [RV-10]', () => {
    const locked = lockContract(extended, sha256);

    expect(locked.extensions[0]?.hashes).toEqual({
      2: hashArtefact(describeExtension(extended, 'com.example.billing', 2), sha256),
      3: hashArtefact(describeExtension(extended, 'com.example.billing', 3), sha256),
    });
    expect(locked.at(3).requests.get('invoice.pay')?.extension).toBe('com.example.billing');
  });

  it('keeps the hashes that are there: those of a released revision are frozen [RV-14]', () => {
    expect(lockContract(extended.withHashes({ 2: 'frozen' }), sha256).hashes).toEqual({
      2: 'frozen',
      3: tyrum.hashes[3],
    });
  });

  it('has hashes of its own under another base', () => {
    const [here, there] = [{}, { base: 'https://example.com/' }].map((options) =>
      lockContract(extended, sha256, options),
    );

    expect(here?.extensions[0]?.hashes[3]).not.toBe(there?.extensions[0]?.hashes[3]);
  });
});

describe('a schema writer', () => {
  it('refuses two different schemas of one name', () => {
    const writer = createSchemaWriter();
    writer.write(z.object({ a: z.string().meta({ id: 'WriterTestTwice' }) }));

    expect(() => writer.write(z.object({ a: z.number().meta({ id: 'WriterTestTwice' }) }))).toThrow(
      'two different schemas are called WriterTestTwice',
    );
  });

  it('orders what means a set, and leaves values alone', () => {
    const schema = z.object({
      b: z.enum(['y', 'x']),
      a: z.array(z.string()).default(['z', 'a']),
      required: z.literal(['q', 'p']),
      c: z.int(),
    });

    const written = createSchemaWriter().write(schema);

    expect(written.required).toEqual(['b', 'c', 'required']);
    expect(written.properties).toMatchObject({
      b: { enum: ['x', 'y'] },
      a: { default: ['z', 'a'] },
      required: { enum: ['p', 'q'] },
    });
  });

  it('writes draft-07 with its own words', () => {
    const writer = createSchemaWriter({ draft: 'draft-07' });

    const written = writer.write(z.object({ a: z.string().meta({ id: 'WriterTestOld' }) }));

    expect(written.properties).toEqual({ a: { $ref: '#/definitions/WriterTestOld' } });
    expect(writer.definitions).toEqual({ WriterTestOld: { type: 'string' } });
  });
});

describe('the changes between two JSON values', () => {
  it('are told at the deepest place that differs', () => {
    const before = { same: 1, list: [1, 2], inner: { gone: true, kept: 'a' } };
    const after = { same: 1, list: [2, 1], inner: { kept: 'b', came: null } };

    expect(jsonChanges(before, after).map(describeChange)).toEqual([
      '+ inner › came: null',
      '- inner › gone: true',
      '~ inner › kept: "a" → "b"',
      '~ list: [1,2] → [2,1]',
    ]);
    expect(jsonChanges(before, { ...before })).toEqual([]);
  });
});

describe('sorted keys', () => {
  it('are in the order of their UTF-16 units, at every depth', () => {
    expect(JSON.stringify(sortKeys({ b: [{ d: 1, c: 2 }], a: null, B: 1 }))).toBe(
      '{"B":1,"a":null,"b":[{"c":2,"d":1}]}',
    );
  });
});

function emptySchemas(value: Json, place: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value as JsonObject);
  if (!Array.isArray(value) && entries.length === 0 && !place.endsWith('/properties')) return [place];
  return entries.flatMap(([key, inner]) => emptySchemas(inner, `${place}/${key}`));
}
