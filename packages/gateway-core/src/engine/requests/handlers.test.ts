import { defineRequest, type Payload, ProtocolError, type Tyrum, tyrum } from '@tyrum/contracts';
import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import type { GatewayOptions } from '../gateway-options.ts';
import type { Handler, Handlers, RequestContext } from './handlers.ts';

const invoiceGet = defineRequest({
  type: 'invoice.get',
  summary: 'Reads an invoice.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
  payload: z.object({ invoice_id: z.string() }),
  result: z.object({ total: z.number() }),
  example: { payload: { invoice_id: 'i-1' }, result: { total: 1 } },
});
const extended = tyrum.extend({ name: 'com.example.billing', modules: { invoice: { invoiceGet } } });
type Extended = typeof extended;
type Required = NonNullable<GatewayOptions<Extended>['handlers']>;

describe('the types of handlers', () => {
  it('ask for one handler for each request that is not the engine’s own', () => {
    expectTypeOf<'conversation.send' | 'invoice.get'>().toExtend<keyof Handlers<Extended>>();
    expectTypeOf<'ping' | 'events.ack' | 'connect.init'>().not.toExtend<keyof Handlers<Extended>>();
    expectTypeOf<'task.execute'>().not.toExtend<keyof Handlers<Extended>>();
  });

  it('do not compile without the handler of an extension', () => {
    const complete: Required = { 'invoice.get': () => ({ total: 7 }) };
    // @ts-expect-error invoice.get is missing
    const missing: Required = {};

    expectTypeOf(complete).toExtend<Required>();
    expectTypeOf(missing).toExtend<Required>();
  });

  it('do not compile with another payload or another result than the contract has', () => {
    const right: Handler<Extended, 'invoice.get'> = ({ invoice_id }) => ({ total: invoice_id.length });
    // @ts-expect-error the payload has an invoice_id, not a number
    const wrongPayload: Handler<Extended, 'invoice.get'> = ({ number }) => ({ total: number });
    // @ts-expect-error the total is a number
    const wrongResult: Handler<Extended, 'invoice.get'> = () => ({ total: '7' });
    // @ts-expect-error a request to a peer is not handled by the gateway
    const wrongDirection: Partial<Handlers<Tyrum>> = { 'task.execute': () => ({}) };

    for (const handler of [right, wrongPayload, wrongResult, wrongDirection]) expectTypeOf(handler).not.toBeAny();
  });

  it('give a handler the payload with its defaults, and let it refuse', () => {
    const handler: Handler<Tyrum, 'conversation.create'> = (payload, context) => {
      expectTypeOf(payload).toEqualTypeOf<Payload<Tyrum, 'conversation.create'>>();
      expectTypeOf(context).toEqualTypeOf<RequestContext<Tyrum>>();
      throw new ProtocolError('forbidden', 'not today');
    };
    expectTypeOf(handler).not.toBeAny();
  });
});
