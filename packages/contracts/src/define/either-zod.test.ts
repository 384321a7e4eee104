import { createHash } from 'node:crypto';
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as classic from 'zod';
import * as mini from 'zod/mini';
import { describeExtension } from '../artefacts/describe.ts';
import { lockContract } from '../artefacts/lock.ts';
import { tyrum } from '../tyrum.ts';
import type { EventPayload, Payload, PayloadInput, Result, ResultInput } from './contract-types.ts';
import { defineEvent, defineRequest } from './operation.ts';
import { readAs } from './read-as.ts';

const common = {
  type: 'invoice.pay',
  summary: 'Pays an invoice.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'once',
  since: 2,
} as const;
const event = {
  type: 'invoice.paid',
  summary: 'An invoice was paid.',
  audience: { roles: ['client'], scopes: [] },
  kept: 'durable',
  since: 2,
} as const;
const invoice = { id: 'i', tags: [{ name: 'n' }], kind: 'x' } as const;

function withClassic() {
  const z = classic;
  const Invoice = z
    .object({
      id: z.string().min(1).max(8),
      tags: z.array(z.object({ name: z.string() })).max(2),
      kind: z.enum(['x', 'y']),
      note: z.string().nullable().optional().meta({ 'x-since': 3, description: 'Since lately.' }),
    })
    .meta({ id: 'EitherZodInvoice', description: 'What is owed.' });
  return {
    invoicePay: defineRequest({
      ...common,
      payload: z.object({ invoice: Invoice, tip: z.int().min(0).default(0) }),
      result: z.object({ paid: z.boolean(), by: z.union([z.string(), z.number()]).optional() }),
      example: { payload: { invoice: { ...invoice, tags: [{ name: 'n' }] } }, result: { paid: true } },
    }),
    invoicePaid: defineEvent({
      ...event,
      payload: z.object({ invoice: Invoice, more: z.record(z.string(), z.unknown()).optional() }),
      example: { payload: { invoice: { ...invoice, tags: [] } } },
    }),
  };
}

function withMini() {
  const z = mini;
  const Invoice = z
    .object({
      id: z.string().check(z.minLength(1), z.maxLength(8)),
      tags: z.array(z.object({ name: z.string() })).check(z.maxLength(2)),
      kind: z.enum(['x', 'y']),
      note: z.optional(z.nullable(z.string())).check(z.meta({ 'x-since': 3, description: 'Since lately.' })),
    })
    .check(z.meta({ id: 'EitherZodInvoice', description: 'What is owed.' }));
  return {
    invoicePay: defineRequest({
      ...common,
      payload: z.object({ invoice: Invoice, tip: z._default(z.int().check(z.gte(0)), 0) }),
      result: z.object({ paid: z.boolean(), by: z.optional(z.union([z.string(), z.number()])) }),
      example: { payload: { invoice: { ...invoice, tags: [{ name: 'n' }] } }, result: { paid: true } },
    }),
    invoicePaid: defineEvent({
      ...event,
      payload: z.object({ invoice: Invoice, more: z.optional(z.record(z.string(), z.unknown())) }),
      example: { payload: { invoice: { ...invoice, tags: [] } } },
    }),
  };
}

const extension = (invoices: ReturnType<typeof withClassic> | ReturnType<typeof withMini>) =>
  lockContract(tyrum.extend({ name: 'com.example.billing', modules: { invoices } }), (text) =>
    createHash('sha256').update(text).digest(),
  );
const contracts = [
  ['zod', extension(withClassic())],
  ['zod/mini', extension(withMini())],
] as const;

describe('a contract written with zod, and one with zod/mini', () => {
  it('have one artefact and one hash at each revision', () => {
    const [[, one], [, other]] = contracts;

    for (const revision of tyrum.served) {
      const described = describeExtension(one, 'com.example.billing', revision, { prose: true });

      expect(JSON.stringify(described)).toContain('What is owed.');
      expect(describeExtension(other, 'com.example.billing', revision, { prose: true })).toEqual(described);
    }
    expect(other.extensions[0]?.hashes).toEqual(one.extensions[0]?.hashes);
  });

  it.each(contracts)('read the same values in the same way: %s', (_name, contract) => {
    const pay = (revision: number) => contract.at(revision).requests.get('invoice.pay');
    const read = (revision: number, reader: 'gateway' | 'peer', value: unknown) => {
      const payloads = pay(revision)?.payloads;
      return payloads === undefined ? undefined : readAs(payloads[reader], value, 'payload');
    };

    expect(read(3, 'gateway', { invoice })).toEqual({ fits: true, value: { invoice, tip: 0 } });
    expect(read(3, 'gateway', { invoice: { ...invoice, note: null } })).toMatchObject({ fits: true });
    expect(read(2, 'gateway', { invoice: { ...invoice, note: null } })).toMatchObject({
      issues: [{ path: ['payload', 'invoice', 'note'], message: 'unknown key' }],
    });
    expect(read(2, 'peer', { invoice: { ...invoice, note: null }, x: 1 })).toEqual({
      fits: true,
      value: { invoice, tip: 0 },
    });
    expect(read(3, 'gateway', { invoice: { ...invoice, tags: [{}, { name: 1 }] } })).toMatchObject({
      issues: [
        { path: ['payload', 'invoice', 'tags', 0, 'name'], message: 'expected string, received undefined' },
        { path: ['payload', 'invoice', 'tags', 1, 'name'], message: 'expected string, received number' },
      ],
    });
    expect(read(3, 'gateway', { invoice: { ...invoice, tags: Array(3).fill({ name: 'n' }) } })).toMatchObject({
      message: 'payload.invoice.tags: expected at most 2 items',
    });
    expect(read(3, 'gateway', { invoice, tip: -1 })).toMatchObject({ message: 'payload.tip: expected at least 0' });
  });

  it('have the same types', () => {
    type Both = readonly [ContractWith<typeof withClassic>, ContractWith<typeof withMini>];

    expectTypeOf<PayloadInput<Both[1], 'invoice.pay'>>().toEqualTypeOf<PayloadInput<Both[0], 'invoice.pay'>>();
    expectTypeOf<Payload<Both[1], 'invoice.pay'>>().toEqualTypeOf<Payload<Both[0], 'invoice.pay'>>();
    expectTypeOf<Payload<Both[1], 'invoice.pay'>['tip']>().toEqualTypeOf<number>();
    expectTypeOf<PayloadInput<Both[1], 'invoice.pay'>['tip']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Result<Both[1], 'invoice.pay'>>().toEqualTypeOf<Result<Both[0], 'invoice.pay'>>();
    expectTypeOf<ResultInput<Both[1], 'invoice.pay'>>().toEqualTypeOf<ResultInput<Both[0], 'invoice.pay'>>();
    expectTypeOf<EventPayload<Both[1], 'invoice.paid'>>().toEqualTypeOf<EventPayload<Both[0], 'invoice.paid'>>();
  });
});

type ContractWith<Make extends () => object> = ReturnType<
  typeof tyrum.extend<{ readonly invoices: { readonly [Name in keyof ReturnType<Make>]: ReturnType<Make>[Name] } }>
>;
