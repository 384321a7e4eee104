import { createHash } from 'node:crypto';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z4 from 'zod';
import * as z3 from 'zod/v3';
import { mutated, valuesOf } from '../../test/wire-values.ts';
import { describeExtension } from '../artefacts/describe.ts';
import type { JsonObject } from '../artefacts/json.ts';
import { lockContract } from '../artefacts/lock.ts';
import { schemaFiles } from '../artefacts/schema-files.ts';
import { writeZod3 } from '../artefacts/zod3-json-schema.ts';
import type { EventPayload, Payload, PayloadInput, ResultInput } from '../define/contract-types.ts';
import type { Schema } from '../define/operation.ts';
import { defineEvent, defineRequest } from '../define/operation.ts';
import { readAs } from '../define/read-as.ts';
import { schemaAt, schemaName } from '../define/schema-at.ts';
import { tyrum } from '../tyrum.ts';
import { fromZod3 } from './from-zod3.ts';

const Invoice = z3.object({
  id: z3.string().min(1).max(8).describe('Shown to people.'),
  state: z3.enum(['open', 'paid']),
  lines: z3.array(z3.object({ cents: z3.number().int().min(0), note: z3.string().nullable().optional() })).max(3),
  by: z3.discriminatedUnion('kind', [
    z3.object({ kind: z3.literal('card'), last4: z3.string().regex(/^[0-9]{4}$/) }),
    z3.object({ kind: z3.literal('cash') }),
  ]),
  tags: z3.record(z3.union([z3.string(), z3.boolean()])).optional(),
  more: z3.object({ known: z3.string().optional() }).passthrough().optional(),
  currency: z3.string().default('EUR'),
});
const invoice = { id: 'i', state: 'open', lines: [{ cents: 5 }], by: { kind: 'cash' } } as const;
const payload = { ...invoice, lines: [{ cents: 5 }] };

const Address = fromZod3(z3.object({ city: z3.string() }), { id: 'Zod3Address', description: 'Where to.' });

const billing = {
  invoicePay: defineRequest({
    type: 'invoice.pay',
    summary: 'Pays an invoice.',
    direction: 'to_gateway',
    roles: ['client'],
    scopes: ['operator.write'],
    effect: 'once',
    since: 2,
    payload: fromZod3(Invoice),
    // A part of a schema of zod 4.
    result: z4.object({ invoice: fromZod3(Invoice), tip: fromZod3(z3.number().optional()), address: Address }),
    example: { payload, result: { invoice: payload, address: { city: 'Bern' } } },
  }),
  invoicePaid: defineEvent({
    type: 'invoice.paid',
    summary: 'An invoice was paid.',
    audience: { roles: ['client'], scopes: [] },
    kept: 'durable',
    since: 2,
    payload: fromZod3(Invoice),
    example: { payload },
  }),
};
const contract = lockContract(tyrum.extend({ name: 'com.example.billing', modules: { billing } }), (text) =>
  createHash('sha256').update(text).digest(),
);

describe('a contract with schemas of zod 3', () => {
  const pay = contract.at(3).requests.get('invoice.pay');
  const read = (reader: 'gateway' | 'peer', value: unknown) =>
    readAs(pay?.payloads[reader] as Schema, value, 'payload');

  it('validates by them: a gateway refuses unknown keys at any depth, a peer drops them [FR-10] [FR-11]', () => {
    const odd = { ...invoice, by: { kind: 'cash', x: 1 }, more: { free: true } };
    const filled = { ...invoice, more: { free: true }, currency: 'EUR' };

    expect(read('gateway', invoice)).toEqual({ fits: true, value: { ...invoice, currency: 'EUR' } });
    expect(read('peer', odd)).toEqual({ fits: true, value: filled });
    expect(read('gateway', odd)).toMatchObject({
      fits: false,
      issues: [{ path: ['payload', 'by', 'x'], message: 'unknown key' }],
    });
    expect(
      read('gateway', JSON.parse('{"id":"i","state":"open","lines":[],"by":{"kind":"cash"},"__proto__":1}')),
    ).toMatchObject({
      issues: [{ path: ['payload', '__proto__'] }],
    });
  });

  it.each([
    [{ ...invoice, id: 5 }, 'payload.id: expected string, received number'],
    [{ ...invoice, id: 'much too long' }, 'payload.id: expected at most 8 characters'],
    [{ ...invoice, state: 'secret' }, 'payload.state: expected one of "open", "paid"'],
    [{ ...invoice, lines: [{ cents: -1 }] }, 'payload.lines.0.cents: expected at least 0'],
    [{ ...invoice, lines: [{ cents: 0.5 }] }, 'payload.lines.0.cents: expected integer, received number'],
    [{ ...invoice, by: { kind: 'secret' } }, 'payload.by.kind: expected one of "card", "cash"'],
    [{ ...invoice, by: { kind: 'card', last4: 'secret' } }, 'payload.by.last4: expected the pattern of its schema'],
    [{ ...invoice, tags: { a: 1 } }, 'payload.tags.a: expected another shape'],
    ['secret', 'payload: expected object, received string'],
  ])('says what was expected of %j, and nothing of what came', (value, message) => {
    expect(read('gateway', value)).toMatchObject({ fits: false, message });
  });

  it('counts the length of a text in characters, as JSON Schema does', () => {
    const ajv = new Ajv2020({ strict: false });
    const accepts = ajv.compile(
      describeExtension(contract, 'com.example.billing', 3).requests['invoice.pay']?.payload ?? {},
    );
    const fits = (id: string) => [read('gateway', { ...invoice, id }).fits, accepts({ ...invoice, id })];

    expect([fits(''), fits('😀'), fits('😀'.repeat(8)), fits('😀'.repeat(9))]).toEqual([
      [false, false],
      [true, true],
      [true, true],
      [false, false],
    ]);
  });

  it('is typed by them', () => {
    type C = typeof contract;
    expectTypeOf<PayloadInput<C, 'invoice.pay'>>().toEqualTypeOf<z3.input<typeof Invoice>>();
    expectTypeOf<Payload<C, 'invoice.pay'>>().toEqualTypeOf<z3.output<typeof Invoice>>();
    expectTypeOf<EventPayload<C, 'invoice.paid'>>().toEqualTypeOf<z3.output<typeof Invoice>>();
    expectTypeOf<ResultInput<C, 'invoice.pay'>['invoice']>().toEqualTypeOf<z3.input<typeof Invoice>>();
  });

  it('is exported through zod-to-json-schema, closed and open as its readers are, and by one hash', () => {
    const artefact = describeExtension(contract, 'com.example.billing', 3);
    const closed = artefact.requests['invoice.pay']?.payload;

    expect(closed).toMatchObject({
      additionalProperties: false,
      required: ['by', 'id', 'lines', 'state'],
      properties: {
        id: { type: 'string', minLength: 1, maxLength: 8 },
        lines: { maxItems: 3, items: { additionalProperties: false, required: ['cents'] } },
        currency: { type: 'string', default: 'EUR' },
      },
    });
    expect(JSON.stringify(artefact)).not.toContain('Shown to people.');
    expect(artefact.events['invoice.paid']?.payload).not.toHaveProperty('additionalProperties');
    expect(contract.extensions[0]?.hashes[3]).toMatch(/^[\w-]{43}$/);
    expect(contract.hashes).toEqual(tyrum.hashes);
    const withProse = describeExtension(contract, 'com.example.billing', 3, { prose: true });
    expect(JSON.stringify(withProse)).toContain('Shown to people.');
  });

  it('exports what accepts exactly what they accept, in both drafts', async () => {
    const files = schemaFiles(contract, 3);
    const byId = new Map(files.map(({ schema }) => [schema.$id, schema]));
    const seen = { accepted: 0, refused: 0 };
    const shapes = [
      ['requests/invoice.pay.payload', pay?.payload],
      ['requests/invoice.pay.result', pay?.result],
      ['events/invoice.paid', contract.at(3).events.get('invoice.paid')?.payload],
    ] as const;
    const validators = [new Ajv2020({ strict: false }), new Ajv({ strict: false })];
    for (const { schema } of files) validators[0]?.addSchema(schema);
    for (const { schema } of schemaFiles(contract, 3, { draft: 'draft-07' })) validators[1]?.addSchema(schema);
    const base = 'https://schemas.tyrum.dev/tyrum/3/';

    for (const [name, schema] of shapes) {
      const id = `${base}${name}.json`;
      const checks = [validators[0]?.getSchema(id), validators[1]?.getSchema(`${base}draft-07/${name}.json`)];
      const values = valuesOf(byId.get(id) as JsonObject, (to) => byId.get(new URL(to, id).href) as JsonObject);
      const agree = (generated: unknown) => {
        const value: unknown = JSON.parse(JSON.stringify(generated));
        const accepted = readAs(schema as Schema, value, 'payload').fits;
        seen[accepted ? 'accepted' : 'refused'] += 1;
        for (const check of checks) {
          if (check?.(value) !== accepted)
            throw new Error(`${name}: zod 3 says ${accepted} of ${JSON.stringify(value)}`);
        }
        return accepted;
      };
      await fc.assert(
        fc.property(values, (value) => agree(value)),
        { numRuns: 30 },
      );
      await fc.assert(
        fc.property(mutated(values), (value) => {
          agree(value);
        }),
        { numRuns: 200 },
      );
    }
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(50);
  });

  it('shares one that has a name, as a value of its own for either reader', () => {
    const files = schemaFiles(contract, 3);
    const fileOf = (name: string) => files.find(({ path }) => path === `3/${name}.json`)?.schema;

    expect(fileOf('requests/invoice.pay.result')?.properties).toMatchObject({
      address: { $ref: '../values/Zod3Address.json' },
    });
    expect(fileOf('requests/invoice.pay.result')?.required).toEqual(['address', 'invoice']);
    expect(fileOf('values/Zod3Address')).toMatchObject({ description: 'Where to.', properties: { city: {} } });
    const closed = schemaAt(Address, 3, 'gateway');
    expect([schemaName(closed), schemaName(schemaAt(Address, 3, 'peer'))]).toEqual([
      'Zod3Address.closed',
      'Zod3Address',
    ]);
  });
});

describe('a schema of zod 3 on the wire', () => {
  const definedWith = (schema: z3.ZodTypeAny) => () =>
    tyrum.extend({
      name: 'com.example.bad',
      modules: {
        bad: {
          badAsk: defineRequest({
            type: 'bad.ask',
            summary: 'Asks.',
            direction: 'to_gateway',
            roles: ['client'],
            scopes: [],
            effect: 'read',
            since: 3,
            payload: fromZod3(schema),
            example: { payload: {} },
          }),
        },
      },
    });

  it.each([
    [
      'a transform',
      z3.object({ a: z3.array(z3.string().transform(Number)) }),
      'payload.a: a wire schema cannot be a ZodEffects',
    ],
    [
      'a refinement',
      z3.object({ a: z3.object({}).refine(() => true) }),
      'payload.a: a wire schema cannot be a ZodEffects',
    ],
    ['a date', z3.object({ a: z3.date() }), 'payload.a: a wire schema cannot be a ZodDate'],
    ['a coercion', z3.object({ a: z3.coerce.number() }), 'payload.a: a wire schema cannot coerce'],
    ['a format', z3.object({ a: z3.string().email() }), 'payload.a: a wire schema cannot have a check (email)'],
    [
      'a pattern with flags',
      z3.object({ a: z3.string().regex(/a/i) }),
      'payload.a: a pattern of the wire has no flags',
    ],
    [
      'a multiple',
      z3.object({ a: z3.number().multipleOf(2) }),
      'payload.a: a wire schema cannot have a check (multipleOf)',
    ],
    [
      'keys that are no plain strings',
      z3.object({ a: z3.record(z3.enum(['x']), z3.string()) }),
      'payload.a: the keys of a wire record',
    ],
    [
      'what takes anything',
      z3.object({ a: z3.unknown() }),
      'payload.a: takes anything: where that is meant, z.any() says so',
    ],
    [
      'a rest that is transformed',
      z3.object({}).catchall(z3.bigint()),
      'payload.*: a wire schema cannot be a ZodBigInt',
    ],
  ])('is refused for %s, with the place', (_what, schema, message) => {
    expect(definedWith(schema)).toThrow(message);
  });

  it('is accepted where it is said to take anything', () => {
    expect(definedWith(z3.object({ a: z3.any() }))).not.toThrow();
  });

  it('is refused as it is, and the refusal names what takes it', () => {
    const asIs: object = z3.object({});

    expect(() => schemaAt(fromZod3(z3.object({})), 3, 'gateway')).not.toThrow();
    expect(() =>
      tyrum.extend({
        name: 'com.example.bad',
        modules: { bad: { invoicePay: { ...billing.invoicePay, payload: asIs as Schema } } },
      }),
    ).toThrow('is not a schema of zod 4; fromZod3 takes one of zod 3');
  });
});

describe('zod-to-json-schema', () => {
  it('is never given a schema of zod 4, which it would take for one that accepts everything', () => {
    expect(() => writeZod3(z4.object({ a: z4.string() }), false)).toThrow('schemas of zod 3 only');
  });
});
