import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { defineContract, defineEvent, defineRequest, mustFit, readAs } from '@tyrum/contracts';
import { lockContract } from '@tyrum/contracts/artefacts';
import * as z from 'zod';

const Invoice = z
  .object({ invoice_id: z.string().min(1), total_cents: z.int().min(0), paid: z.boolean() })
  .meta({ id: 'Invoice', description: 'What a customer owes.' });

const invoice = {
  invoicePay: defineRequest({
    type: 'invoice.pay',
    summary: 'Pays an invoice.',
    direction: 'to_gateway',
    roles: ['client'],
    scopes: ['operator.write'],
    effect: 'once',
    since: 1,
    payload: z.object({ invoice_id: z.string().min(1) }),
    result: z.object({ invoice: Invoice }),
    errors: ['not_found', 'invalid_state'],
    example: {
      payload: { invoice_id: 'i-1' },
      result: { invoice: { invoice_id: 'i-1', total_cents: 900, paid: true } },
    },
  }),
  invoicePaid: defineEvent({
    type: 'invoice.paid',
    summary: 'An invoice was paid.',
    audience: { roles: ['client'], scopes: ['operator.read'] },
    kept: 'durable',
    since: 1,
    payload: z.object({ invoice: Invoice }),
    example: { payload: { invoice: { invoice_id: 'i-1', total_cents: 900, paid: true } } },
  }),
};

const shop = lockContract(
  defineContract({
    name: 'shop',
    revisions: [{ revision: 1, status: 'current', released: null, sunset: null, summary: 'The first one.' }],
    modules: { invoice },
  }),
  (text) => createHash('sha256').update(text).digest(),
);

const pay = shop.at(1).requests.get('invoice.pay');
assert.ok(pay);
assert.deepEqual(mustFit(pay.payload, { invoice_id: 'i-1' }, 'payload'), { invoice_id: 'i-1' });
assert.equal(readAs(pay.payload, { invoice_id: 'i-1', tip: 5 }, 'payload').fits, false);
assert.equal(shop.hashes[1]?.length, 43);
