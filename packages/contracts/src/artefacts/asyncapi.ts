import type { Contract } from '../define/contract.ts';
import type { RequestView } from '../define/revision-view.ts';
import { createDerivation } from '../define/schema-at.ts';
import type { EventView } from '../define/shapes.ts';
import { frameSchemas } from '../frames/frame-schemas.ts';
import { type Json, type JsonObject, sortKeys } from './json.ts';
import { createSchemaWriter } from './json-schema.ts';
import { proseOf } from './prose.ts';
import { atOnce, type Steps } from './steps.ts';

/**
 * A contract at one revision as an AsyncAPI 3.0 document, seen from a peer: what it sends and what it receives on the one
 * WebSocket channel. Every schema is a component of the document.
 *
 * @throws {RangeError} for a revision that the contract does not serve.
 */
export function describeAsyncApi(contract: Contract, revision: number): JsonObject {
  return atOnce(describeAsyncApiInSteps(contract, revision));
}

/** The same as `describeAsyncApi`, a message in each step. */
export function* describeAsyncApiInSteps(contract: Contract, revision: number): Steps<JsonObject> {
  const writer = createSchemaWriter({ prose: true });
  const view = contract.at(revision);
  const closed = createDerivation(revision, 'gateway');
  const envelopes = Object.fromEntries(
    Object.entries(frameSchemas(revision)).map(([name, schema]) => [name, writer.write(closed(schema))]),
  );
  const envelope = (name: string) => envelopes[name] as JsonObject;
  const messages: Record<string, JsonObject> = {
    error_response: { summary: 'A request was refused or failed.', payload: envelope('error_response') },
  };
  const operations: Record<string, JsonObject> = {};

  for (const [type, request] of view.requests) {
    messages[`${type}.request`] = requestMessage(type, request, envelope('request'), writer.write(request.payload));
    messages[`${type}.response`] = {
      summary: `The answer to ${type}.`,
      payload: withParts(envelope('ok_response'), {
        type: { const: type },
        ...(request.result === undefined ? {} : { result: writer.write(request.result) }),
      }),
    };
    const { direction } = request.definition;
    if (direction !== 'to_peer')
      operations[`send.${type}`] = operation(
        'send',
        `${type}.request`,
        [`${type}.response`, 'error_response'],
        proseOf(request.definition).summary,
      );
    if (direction !== 'to_gateway')
      operations[`receive.${type}`] = operation(
        'receive',
        `${type}.request`,
        [`${type}.response`, 'error_response'],
        proseOf(request.definition).summary,
      );
    yield;
  }
  for (const [type, event] of view.events) {
    messages[`${type}.event`] = eventMessage(type, event, envelope('event'), writer.write(event.payload));
    operations[`on.${type}`] = operation('receive', `${type}.event`, undefined, proseOf(event.definition).summary);
    yield;
  }

  return sortKeys(
    toComponents({
      asyncapi: '3.0.0',
      info: {
        title: contract.name,
        version: String(revision),
        description: `The ${contract.name} protocol at revision ${revision}, as a peer sees it.`,
      },
      channels: {
        connection: {
          address: '/ws',
          messages: Object.fromEntries(
            Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
          ),
          bindings: { ws: { method: 'GET' } },
        },
      },
      operations,
      components: { messages, schemas: writer.definitions },
    }),
  );
}

function requestMessage(
  type: string,
  { definition }: RequestView,
  envelope: JsonObject,
  payload: JsonObject,
): JsonObject {
  const { effect, scopes, roles } = definition;
  const { summary, example } = proseOf(definition);
  return {
    name: type,
    summary,
    'x-effect': effect,
    'x-roles': roles,
    'x-scopes': scopes,
    payload: withParts(envelope, { type: { const: type }, payload }),
    examples: [{ payload: { request_id: 'r-1', type, payload: example.payload as Json } }],
  };
}

function eventMessage(type: string, { definition }: EventView, envelope: JsonObject, payload: JsonObject): JsonObject {
  const { kept, audience } = definition;
  const { summary } = proseOf(definition);
  return {
    name: type,
    summary,
    'x-kept': kept,
    'x-roles': audience.roles,
    'x-scopes': audience.scopes,
    payload: withParts(envelope, { type: { const: type }, payload }),
  };
}

/** The envelope with what this message says in its place; an absent `result` is one that is void. */
function withParts(envelope: JsonObject, parts: JsonObject): JsonObject {
  return { ...envelope, properties: { ...(envelope.properties as JsonObject), ...parts } };
}

function operation(
  action: 'send' | 'receive',
  message: string,
  replies: readonly string[] | undefined,
  summary: string,
): JsonObject {
  const channel = { $ref: '#/channels/connection' };
  const inChannel = (name: string) => ({ $ref: `#/channels/connection/messages/${name}` });
  return {
    action,
    summary,
    channel,
    messages: [inChannel(message)],
    ...(replies === undefined ? {} : { reply: { channel, messages: replies.map(inChannel) } }),
  };
}

/** References of the schemas lead into the components of the document. */
function toComponents<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as T;
}
