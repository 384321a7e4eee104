import type * as z from 'zod/mini';
import type { ErrorCode } from '../tables/errors.ts';
import type { EffectClass, EventKeeping, RequestDirection, Role, Scope } from '../tables/vocabulary.ts';

/** A schema of the wire, written with `zod` or with `zod/mini`: what JSON Schema can say and no transform. */
export type Schema = z.core.$ZodType;

/**
 * Who answers a request: the protocol `engine` itself, a `handler` that every gateway must have, or a handler that a `product`
 * may bring; without that one it is `unsupported_operation`.
 */
export type Servant = 'engine' | 'handler' | 'product';

/** One request of the protocol, whole: everything else about it is derived from this value. */
export interface RequestDefinition<
  Type extends string = string,
  Direction extends RequestDirection = RequestDirection,
  Caller extends Role = Role,
  Payload extends Schema = Schema,
  Result extends Schema | undefined = Schema | undefined,
  Server extends Servant = Servant,
  Effect extends EffectClass = EffectClass,
> {
  readonly kind: 'request';
  readonly type: Type;
  /** One sentence, present tense, for people who read the reference. Not in the build for browsers. */
  readonly summary?: string;
  readonly direction: Direction;
  /** The peers that take part: who may send it to the gateway, or to whom the gateway sends it. */
  readonly roles: readonly Caller[];
  /** Any one of these is enough; empty means that the role is enough. No hierarchy is implied. */
  readonly scopes: readonly Scope[];
  readonly effect: Effect;
  readonly servedBy: Server;
  readonly since: number;
  /** The last revision that has it. */
  readonly until?: number;
  readonly payload: Payload;
  /** Absent: the result is void. */
  readonly result: Result;
  /** The error codes it answers beyond those that any request can meet. */
  readonly errors: readonly ErrorCode[];
  /** Not in the build for browsers. */
  readonly example?: { readonly payload: z.input<Payload>; readonly result?: unknown };
}

/** One event of the protocol, whole. */
export interface EventDefinition<Type extends string = string, Payload extends Schema = Schema> {
  readonly kind: 'event';
  readonly type: Type;
  /** Not in the build for browsers, and neither is the example. */
  readonly summary?: string;
  readonly audience: {
    readonly roles: readonly Role[];
    /** Any one of these is enough; empty means that the role is enough. */
    readonly scopes: readonly Scope[];
  };
  readonly kept: EventKeeping;
  readonly since: number;
  readonly until?: number;
  readonly payload: Payload;
  readonly example?: { readonly payload: z.input<Payload> };
}

export type Definition = RequestDefinition | EventDefinition;

type Defaulted = 'kind' | 'result' | 'servedBy' | 'errors' | 'example' | 'summary';

/**
 * Defines a request. Pure: it returns the value with its defaults filled in (no result, no errors of its own, served by a
 * handler); `defineContract` judges it.
 */
export function defineRequest<
  const Type extends string,
  const Direction extends RequestDirection,
  const Caller extends Role,
  Payload extends Schema,
  Result extends Schema | undefined = undefined,
  const Server extends Servant = 'handler',
  const Effect extends EffectClass = EffectClass,
>(
  definition: Omit<RequestDefinition<Type, Direction, Caller, Payload, Result, Server, Effect>, Defaulted> & {
    readonly summary: string;
    readonly servedBy?: Server;
    readonly result?: Result;
    readonly errors?: readonly ErrorCode[];
    readonly example: {
      readonly payload: z.input<Payload>;
      readonly result?: Result extends Schema ? z.input<Result> : never;
    };
  },
): RequestDefinition<Type, Direction, Caller, Payload, Result, Server, Effect> {
  return {
    ...definition,
    kind: 'request',
    servedBy: definition.servedBy ?? ('handler' as Server),
    result: definition.result as Result,
    errors: definition.errors ?? [],
  };
}

/** Defines an event. Pure; `defineContract` judges it. */
export function defineEvent<const Type extends string, Payload extends Schema>(
  definition: Omit<EventDefinition<Type, Payload>, 'kind'> & {
    readonly summary: string;
    readonly example: { readonly payload: z.input<Payload> };
  },
): EventDefinition<Type, Payload> {
  return { ...definition, kind: 'event' };
}
