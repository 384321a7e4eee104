import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { tyrum } from '../tyrum.ts';
import { defineContract } from './contract.ts';
import { ContractError } from './contract-check.ts';
import { defineEvent, defineRequest } from './operation.ts';

const invoiceGet = defineRequest({
  type: 'invoice.get',
  summary: 'Reads an invoice.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
  payload: z.object({ invoice_id: z.string() }),
  result: z.object({ total: z.int() }),
  example: { payload: { invoice_id: 'i' }, result: { total: 1 } },
});

// A type that the base has as a request: neither takes the other over.
const pingEvent = defineEvent({
  type: 'ping',
  summary: 'Somebody pinged.',
  audience: { roles: ['client'], scopes: [] },
  kept: 'ephemeral',
  since: 3,
  payload: z.object({}),
  example: { payload: {} },
});

const billing = { name: 'com.example.billing', modules: { ping: { invoiceGet, pingEvent, notADefinition: 5 } } };

describe('an extended contract', () => {
  const extended = tyrum.extend(billing);

  it('has everything of the base and of the extension', () => {
    expect(extended.definitions).toHaveLength(tyrum.definitions.length + 2);
    expect(extended.at(3).requests.get('invoice.get')?.definition).toBe(invoiceGet);
    expect(extended.at(3).requests.get('ping')?.definition).toBe(tyrum.modules.ping.ping);
    expect(extended.at(2).requests.has('invoice.get')).toBe(false);
  });

  it('tells what belongs to the extension, by the definition and not by its type [RV-11]', () => {
    const view = extended.at(3);

    expect(view.requests.get('invoice.get')?.extension).toBe('com.example.billing');
    expect(view.events.get('ping')?.extension).toBe('com.example.billing');
    expect(view.requests.get('ping')?.extension).toBeUndefined();
    expect(view.events.get('turn.queued')?.extension).toBeUndefined();
  });

  it('leaves the base as it was, its hashes too', () => {
    expect(extended.hashes).toEqual(tyrum.hashes);
    expect(tyrum.at(3).requests.has('invoice.get')).toBe(false);
    expect(extended.extensions.map(({ id, types }) => [id, [...types].sort()])).toEqual([
      ['com.example.billing', ['invoice.get', 'ping']],
    ]);
  });

  it('cannot say again what the base says', () => {
    const again = { name: 'com.example.again', modules: { ping: { again: tyrum.modules.ping.ping } } };

    expect(() => tyrum.extend(again)).toThrow(new ContractError('request ping: is defined twice; types are unique'));
    expect(() => extended.extend({ name: 'com.example.billing', modules: {} })).toThrow('is there twice');
    expect(() => tyrum.extend({ name: '', modules: {} })).toThrow(ContractError);
  });

  it('takes hashes, and keeps them when it is extended further', () => {
    const locked = extended.withHashes({ 3: 'base-3' }, { 'com.example.billing': { 3: 'billing-3' } });
    const further = locked.extend({ name: 'com.example.more', modules: {}, hashes: { 3: 'more-3' } });

    expect(further.hashes).toEqual({ 2: tyrum.hashes[2], 3: 'base-3' });
    expect(further.extensions.map(({ id, hashes }) => [id, hashes])).toEqual([
      ['com.example.billing', { 3: 'billing-3' }],
      ['com.example.more', { 3: 'more-3' }],
    ]);
    expect(extended.hashes).toEqual(tyrum.hashes);
  });
});

describe('a contract', () => {
  const retiring = (retired: number) =>
    defineContract({
      name: 'lamps',
      revisions: tyrum.revisions.map((entry) => ({
        ...entry,
        status: entry.revision === retired ? 'retired' : 'supported',
      })),
      modules: { invoices: { invoiceGet } },
    });

  it('is spoken by handlers at its newest revision, also where no peer is served it', () => {
    expect(retiring(3).current.revision).toBe(3);
    expect(retiring(3).current.requests.has('invoice.get')).toBe(true);
    expect(() => retiring(3).at(3)).toThrow(new RangeError('contract lamps does not serve revision 3'));
  });

  it('is derived once for each revision, the newest one too', () => {
    const contract = retiring(1);

    expect(contract.current).toBe(contract.at(3));
  });
});
