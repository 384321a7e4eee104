import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { tyrum } from '../tyrum.ts';
import { describeAsyncApi } from './asyncapi.ts';
import { describeCatalog } from './catalog.ts';
import type { Json, JsonObject } from './json.ts';
import { schemaFiles } from './schema-files.ts';

describe('the catalogue', () => {
  const catalog = describeCatalog(tyrum) as Record<string, JsonObject>;

  it('says of a request who, when, how often and why', () => {
    expect(catalog.requests?.['conversation.reconnect']).toEqual({
      summary: 'Finds the stream of the turn that runs in a conversation; from revision 3 on, resume replaces it.',
      direction: 'to_gateway',
      roles: ['client'],
      scopes: ['operator.read'],
      effect: 'read',
      errors: ['not_found'],
      since: 2,
      until: 2,
      example: {
        payload: { conversation_id: 'conv_1' },
        result: { stream_id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' },
      },
      schemas: {
        payload: { 2: 'https://schemas.tyrum.dev/tyrum/2/requests/conversation.reconnect.payload.json' },
        result: { 2: 'https://schemas.tyrum.dev/tyrum/2/requests/conversation.reconnect.result.json' },
      },
    });
  });

  it('names schemas that are there, and all of those that travel', () => {
    const named = new Set(
      JSON.stringify([catalog.requests, catalog.events]).match(/https:\/\/schemas\.tyrum\.dev[^"]+/g),
    );
    const files = tyrum.served
      .flatMap((revision) => schemaFiles(tyrum, revision))
      .map(({ schema }) => String(schema.$id));

    expect([...named].sort()).toEqual(files.filter((id) => /\/(requests|events)\//.test(id)).sort());
  });

  it('has the tables, and each revision with its hash', () => {
    expect(catalog.errors?.rate_limited).toMatchObject({ retryable: true });
    expect(catalog.close_codes?.bad_handshake).toMatchObject({ code: 4003, reconnect: 'stop' });
    expect(catalog.scopes?.node).toEqual(['node.paired']);
    expect(catalog.revisions).toMatchObject([
      { revision: 1, hash: null },
      { revision: 2, hash: tyrum.hashes[2] },
      { revision: 3, hash: tyrum.hashes[3] },
    ]);
  });

  it('tells which extension brought what', () => {
    const { ping } = tyrum.modules.ping;
    const extended = tyrum.extend({
      name: 'com.example.pong',
      modules: { pong: { pong: { ...ping, type: 'pong' as const } } },
    });

    expect(describeCatalog(extended)).toMatchObject({
      extensions: [{ id: 'com.example.pong' }],
      requests: { pong: { extension: 'com.example.pong' } },
    });
    expect(catalog.requests?.ping).not.toHaveProperty('extension');
  });
});

describe.each(tyrum.served)('the AsyncAPI document of revision %i', (revision) => {
  const document = describeAsyncApi(tyrum, revision) as Record<string, JsonObject>;
  const messages = document.components?.messages as Readonly<Record<string, JsonObject>>;

  it('has a message and an operation for all that travels', () => {
    const view = tyrum.at(revision);

    expect(document.asyncapi).toBe('3.0.0');
    expect(Object.keys(messages)).toHaveLength(view.requests.size * 2 + view.events.size + 1);
    expect(document.operations?.['send.conversation.send']).toMatchObject({ action: 'send', reply: {} });
    expect(document.operations?.['receive.task.execute']).toMatchObject({ action: 'receive' });
    expect(document.operations).not.toHaveProperty(['send.task.execute']);
    expect(document.operations).toHaveProperty(['receive.ping']);
    expect(document.operations?.['on.turn.queued']).toMatchObject({ action: 'receive' });
  });

  it('refers to nothing that it does not have', () => {
    const references = [...new Set(JSON.stringify(document).match(/(?<="\$ref":")[^"]+/g))];

    expect(references.length).toBeGreaterThan(50);
    for (const reference of references) expect(follow(document, reference), reference).toBeDefined();
  });

  it('describes whole frames: those of the examples are valid, and others are not', { timeout: 60_000 }, () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema({ ...document, $id: 'asyncapi' });
    const valid = (message: string, frame: Json) =>
      ajv.validate({ $ref: `asyncapi#/components/messages/${message}/payload` }, frame);

    for (const [name, message] of Object.entries(messages)) {
      const [example] = (message.examples ?? []) as readonly { readonly payload: JsonObject }[];
      // What a cast brings at an older revision has no example of its own.
      if (example === undefined || (revision === 2 && name === 'conversation.send.request')) continue;
      expect(valid(name, example.payload), `${name}: ${ajv.errorsText()}`).toBe(true);
      expect(valid(name, { ...example.payload, type: 'no.such' }), name).toBe(false);
      expect(valid(name, { ...example.payload, payload: 5 }), name).toBe(false);
    }
  });
});

function follow(document: Json, reference: string): Json | undefined {
  return reference
    .slice(2)
    .split('/')
    .reduce<Json | undefined>((inner, key) => (inner as JsonObject | undefined)?.[decodeURIComponent(key)], document);
}
