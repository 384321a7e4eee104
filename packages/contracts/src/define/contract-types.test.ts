import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import type { Part } from '../schemas/message.ts';
import { type Tyrum, tyrum } from '../tyrum.ts';
import type {
  EventPayload,
  EventPayloadInput,
  EventType,
  Handled,
  HandledByPeer,
  Payload,
  PayloadInput,
  Result,
  ResultInput,
  ToGateway,
  ToPeer,
} from './contract-types.ts';
import { defineRequest } from './operation.ts';

declare function request<Type extends ToGateway<Tyrum>>(
  type: Type,
  payload: PayloadInput<Tyrum, Type>,
): Result<Tyrum, Type>;
declare function onEvent<Type extends EventType<Tyrum>>(
  type: Type,
  handler: (payload: EventPayload<Tyrum, Type>) => void,
): void;
declare function handle<Type extends HandledByPeer<Tyrum>>(
  type: Type,
  handler: (payload: Payload<Tyrum, Type>) => ResultInput<Tyrum, Type>,
): void;

const invoiceGet = defineRequest({
  type: 'invoice.get',
  summary: 'Reads an invoice.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
  payload: z.object({ invoice_id: z.string(), currency: z.string().default('EUR') }),
  result: z.object({ total: z.int() }),
  example: { payload: { invoice_id: 'i' }, result: { total: 1 } },
});
const extended = tyrum.extend({ name: 'com.example.billing', modules: { billing: { invoiceGet } } });
type Extended = typeof extended;

describe('the types of a contract', () => {
  it('know who sends what', () => {
    expectTypeOf<'conversation.send'>().toExtend<ToGateway<Tyrum>>();
    expectTypeOf<'ping'>().toExtend<ToGateway<Tyrum>>();
    expectTypeOf<'task.execute'>().not.toExtend<ToGateway<Tyrum>>();
    expectTypeOf<ToPeer<Tyrum>>().toEqualTypeOf<'ping' | 'task.execute' | 'task.abort'>();
    expectTypeOf<HandledByPeer<Tyrum>>().toEqualTypeOf<'task.execute' | 'task.abort'>();
  });

  it('ask for no handler of what the engine answers', () => {
    expectTypeOf<'connect.init' | 'events.ack' | 'ping' | 'request.status'>().toExtend<ToGateway<Tyrum>>();
    expectTypeOf<
      Extract<
        Handled<Tyrum>,
        'connect.init' | 'connect.proof' | 'events.ack' | 'events.subscribe' | 'ping' | 'request.status'
      >
    >().toEqualTypeOf<never>();
    expectTypeOf<'conversation.send'>().toExtend<Handled<Tyrum>>();
  });

  it('let a sender leave out what the reader gets by default', () => {
    expectTypeOf<PayloadInput<Extended, 'invoice.get'>>().toEqualTypeOf<{
      invoice_id: string;
      currency?: string | undefined;
    }>();
    expectTypeOf<Payload<Extended, 'invoice.get'>>().toEqualTypeOf<{ invoice_id: string; currency: string }>();
  });

  it('know results, and that some are void', () => {
    expectTypeOf<Result<Tyrum, 'conversation.send'>>().toEqualTypeOf<{ message_id: string; turn_id: string }>();
    expectTypeOf<Result<Tyrum, 'events.ack'>>().toEqualTypeOf<undefined>();
    expectTypeOf<ResultInput<Tyrum, 'capability.ready'>>().toEqualTypeOf<void>();
    expectTypeOf<Result<Tyrum, 'conversation.reconnect'>>().toEqualTypeOf<{ stream_id: string } | null>();
  });

  it('know events and keep nouns readable', () => {
    expectTypeOf<EventPayload<Tyrum, 'turn.queued'>>().toEqualTypeOf<{
      turn_id: string;
      conversation_id?: string | undefined;
      requested_by?: string | undefined;
    }>();
    expectTypeOf<EventPayloadInput<Tyrum, 'message.delta'>['role']>().toEqualTypeOf<'assistant' | 'user' | 'system'>();
    expectTypeOf<PayloadInput<Tyrum, 'conversation.send'>['content']>().toEqualTypeOf<Part[]>();
  });

  it('are those of the base and of the extension', () => {
    expectTypeOf<'invoice.get' | 'conversation.send'>().toExtend<ToGateway<Extended>>();
    expectTypeOf<'invoice.get'>().not.toExtend<ToGateway<Tyrum>>();
    expectTypeOf<Result<Extended, 'invoice.get'>>().toEqualTypeOf<{ total: number }>();
    expectTypeOf<Result<Extended, 'conversation.send'>>().toEqualTypeOf<Result<Tyrum, 'conversation.send'>>();
  });

  it('refuse what the contract does not have', () => {
    const never = () => {
      request('turn.get', { turn_id: 'a' });
      // @ts-expect-error a type that no contract has
      request('turn.got', { turn_id: 'a' });
      // @ts-expect-error the gateway sends this one
      request('task.execute', { dispatch_id: 'a', action: { type: 'CLI' } });
      // @ts-expect-error a required field is missing
      request('turn.get', {});
      // @ts-expect-error a field of another type
      request('turn.get', { turn_id: 5 });
      // @ts-expect-error a field that is not there
      request('turn.get', { turn_id: 'a', turnId: 'a' });
      // @ts-expect-error a request is not an event
      onEvent('conversation.send', () => {});
      // @ts-expect-error an event has no such field
      onEvent('turn.queued', ({ turnId }) => turnId);
      handle('task.execute', ({ dispatch_id }) => ({ result: dispatch_id }));
      handle('task.abort', () => {});
      // @ts-expect-error a peer does not handle what the gateway does
      handle('turn.get', () => {});
      // @ts-expect-error the example of a definition fits its payload
      defineRequest({ ...invoiceGet, example: { payload: { invoice_id: 5 } } });
    };
    expectTypeOf(never).toBeFunction();
  });
});
