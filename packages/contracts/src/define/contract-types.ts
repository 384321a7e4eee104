import type * as z from 'zod/mini';
import type { Contract } from './contract.ts';
import type { EventDefinition, RequestDefinition, Schema } from './operation.ts';

type Member<T> = T[keyof T];

/** Every definition of a contract, as a union. */
export type DefinitionOf<C> =
  C extends Contract<infer M>
    ? Extract<Member<{ [Name in keyof M]: Member<M[Name]> }>, { readonly kind: 'request' | 'event' }>
    : never;

type AnyRequest<C> = Extract<DefinitionOf<C>, RequestDefinition>;
type AnyEvent<C> = Extract<DefinitionOf<C>, EventDefinition>;

/** The definition of one request or event. */
export type RequestOf<C, Type> = Extract<AnyRequest<C>, { readonly type: Type }>;
export type EventOf<C, Type> = Extract<AnyEvent<C>, { readonly type: Type }>;

/** Names of the requests that a peer sends to the gateway. */
export type ToGateway<C> = Extract<AnyRequest<C>, { readonly direction: 'to_gateway' | 'both' }>['type'];
/** Names of the requests that the gateway sends to a peer. */
export type ToPeer<C> = Extract<AnyRequest<C>, { readonly direction: 'to_peer' | 'both' }>['type'];
/** Names of the requests for which a gateway must bring a handler. */
export type Handled<C> = Extract<
  AnyRequest<C>,
  { readonly direction: 'to_gateway' | 'both'; readonly servedBy: 'handler' }
>['type'];
/** Names of the requests for which a product may bring a handler. */
export type HandledByProduct<C> = Extract<
  AnyRequest<C>,
  { readonly direction: 'to_gateway' | 'both'; readonly servedBy: 'product' }
>['type'];
/** Names of the requests for which a peer may bring a handler. */
export type HandledByPeer<C> = Extract<
  AnyRequest<C>,
  { readonly direction: 'to_peer'; readonly servedBy: 'handler' }
>['type'];
/** Names of the events. */
export type EventType<C> = AnyEvent<C>['type'];

/** The payload of a request as its sender writes it: defaults may be left out. */
export type PayloadInput<C, Type> = z.input<RequestOf<C, Type>['payload']>;
/** The payload of a request as its receiver reads it: defaults filled in. */
export type Payload<C, Type> = z.output<RequestOf<C, Type>['payload']>;
/** The result of a request as its receiver reads it; `undefined` for a void one. */
export type Result<C, Type> = RequestOf<C, Type>['result'] extends Schema
  ? z.output<RequestOf<C, Type>['result']>
  : undefined;
/** The result of a request as its sender writes it; `void` for a void one. */
export type ResultInput<C, Type> = RequestOf<C, Type>['result'] extends Schema
  ? z.input<RequestOf<C, Type>['result']>
  : // biome-ignore lint/suspicious/noConfusingVoidType: a handler of a void request returns nothing
    void;
/** The payload of an event as the gateway writes it. */
export type EventPayloadInput<C, Type> = z.input<EventOf<C, Type>['payload']>;
/** The payload of an event as a peer reads it. */
export type EventPayload<C, Type> = z.output<EventOf<C, Type>['payload']>;
