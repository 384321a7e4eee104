import { type Conversation, defineRequest, tyrum } from '@tyrum/contracts';
import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { type Client, type ClientEvent, createClient, type HandlerContext, type Identity } from './index.ts';

const identity: Identity = { deviceId: 'dev_x', publicKey: 'k', sign: () => new Uint8Array(64) };
const options = { url: 'ws://gateway.test/ws', identity, token: 't' };

/** Compiled and never run: what counts is whether it compiles. */
function compiles(_: (client: Client) => unknown): void {}

describe('the types of a client', () => {
  test('know the payload and the result of a request', () => {
    compiles((client) => {
      expectTypeOf(client.request('conversation.create', {})).resolves.toEqualTypeOf<{ conversation: Conversation }>();
      expectTypeOf(client.request('ping', {})).resolves.toEqualTypeOf<undefined>();
      expectTypeOf(client.exchange('turn.list', {})).resolves.toHaveProperty('asOf');
      // @ts-expect-error limit is a number
      void client.request('turn.list', { limit: 'ten' });
      // @ts-expect-error conversation_id is missing
      void client.request('conversation.get', {});
      // @ts-expect-error no such key
      void client.request('turn.list', { moon: 'full' });
    });
  });

  test('let an application send only what goes to the gateway', () => {
    compiles((client) => {
      // @ts-expect-error the gateway asks it of a node
      void client.request('task.execute', { dispatch_id: 'x', action: { type: 'CLI' } });
      // @ts-expect-error the handshake is the client's own
      void client.request('connect.init', {});
      // @ts-expect-error no such request
      void client.request('moon.rise', {});
    });
  });

  test('let a node handle only what the gateway asks', () => {
    compiles((client) => {
      client.handle('task.execute', ({ dispatch_id, action }, context) => {
        expectTypeOf(dispatch_id).toEqualTypeOf<string>();
        expectTypeOf(action.type).toExtend<string>();
        expectTypeOf(context).toEqualTypeOf<HandlerContext>();
        return { result: 1 };
      });
      client.handle('task.abort', () => {});
      // @ts-expect-error the result has another shape
      client.handle('task.execute', () => 'done');
      // @ts-expect-error a client sends it
      client.handle('conversation.list', () => ({ conversations: [] }));
      // @ts-expect-error the client answers it by itself
      client.handle('ping', () => {});
    });
  });

  test('know the payload of an event', () => {
    compiles((client) => {
      client.on('turn.blocked', ({ type, payload }) => {
        expectTypeOf(type).toEqualTypeOf<'turn.blocked'>();
        expectTypeOf(payload.approval_id).toEqualTypeOf<string | undefined>();
      });
      // @ts-expect-error a request is no event
      client.on('conversation.list', () => {});
    });
  });

  test('tell the events of an iterator apart by their type', () => {
    compiles(async (client) => {
      for await (const event of client.events({ types: ['turn.blocked', 'message.delta'] })) {
        expectTypeOf(event.type).toEqualTypeOf<'turn.blocked' | 'message.delta'>();
        if (event.type === 'message.delta') expectTypeOf(event.payload.delta).toEqualTypeOf<string>();
      }
      for await (const event of client.events()) expectTypeOf(event).toEqualTypeOf<ClientEvent>();
      // @ts-expect-error no such event
      client.events({ types: ['moon.rose'] });
    });
  });

  test('follow with typed reads and events', () => {
    compiles((client) =>
      client.follow(
        async (request) => {
          const { turns } = await request('turn.list', { limit: 10 });
          expectTypeOf(turns[0]?.turn.turn_id).toEqualTypeOf<string | undefined>();
          // @ts-expect-error a wrong payload
          await request('turn.list', { limit: 'ten' });
        },
        ['turn.updated', 'turn.queued'],
        (event) => {
          expectTypeOf(event.type).toEqualTypeOf<'turn.updated' | 'turn.queued'>();
        },
      ),
    );
  });

  test('are those of an extended contract', () => {
    const noted = defineRequest({
      type: 'billing.note',
      summary: 'Notes an amount.',
      direction: 'to_gateway',
      roles: ['client'],
      scopes: [],
      effect: 'once',
      since: 3,
      payload: z.object({ cents: z.int() }),
      result: z.object({ total: z.int() }),
      example: { payload: { cents: 1 }, result: { total: 1 } },
    });
    const contract = tyrum.extend({
      name: 'com.example.billing',
      modules: { billing: { noted } },
      hashes: { 3: 'C'.repeat(43) },
    });
    const client = createClient({ ...options, contract });

    compiles(() => {
      expectTypeOf(client.request('billing.note', { cents: 1 })).resolves.toEqualTypeOf<{ total: number }>();
      expectTypeOf(client.request('ping', {})).resolves.toEqualTypeOf<undefined>();
      // @ts-expect-error cents is a number
      void client.request('billing.note', { cents: 'one' });
    });
  });

  test('dispose of a client that is used up', () => {
    expectTypeOf<Client>().toExtend<AsyncDisposable>();
  });
});
