import type { Schema } from './operation.ts';

/** How one request differs between two neighbouring revisions: the older shapes, and the way between. Pure functions. */
export interface RequestCast {
  readonly payload?: {
    /** The payload at the older revision. */
    readonly schema: Schema;
    /** From the older payload, already checked, to the newer one. Throws a `ProtocolError` for what has no newer form. */
    readonly up: (payload: never) => unknown;
  };
  readonly result?: {
    /** The result at the older revision. */
    readonly schema: Schema | undefined;
    /** From the newer result to the older one. */
    readonly down: (result: never) => unknown;
  };
  /** From a refusal at the newer revision to what the older one answers; absent: the same refusal. */
  readonly error?: {
    readonly down: (error: {
      readonly code: string;
      readonly details: unknown;
    }) => { readonly result: unknown } | undefined;
  };
}

/** An event in one revision's words. */
export interface EventWords {
  readonly type: string;
  readonly payload: unknown;
  /** The one device that is told it. Absent: whoever may see the event it was made from. */
  readonly deviceId?: string;
}

/** From a newer event to what the older revision says instead: nothing, one event or several. */
export type EventCast = (payload: never) => readonly EventWords[];

/** The bridge between two neighbouring revisions: up for what comes in, down for what goes out. */
export interface Cast {
  readonly from: number;
  readonly to: number;
  readonly requests: Readonly<Record<string, RequestCast>>;
  readonly events: Readonly<Record<string, EventCast>>;
}

/** The older shapes of a bridge alone, for a peer that speaks the older revision and casts nothing. */
export interface OlderShapes {
  readonly from: number;
  readonly to: number;
  readonly requests: Readonly<
    Record<
      string,
      {
        readonly payload?: { readonly schema: Schema };
        readonly result?: { readonly schema: Schema | undefined };
      }
    >
  >;
}

/** Defines a bridge between two revisions. Pure; `defineContract` judges it. */
export function defineCast(cast: {
  readonly from: number;
  readonly to: number;
  readonly requests?: Readonly<Record<string, RequestCast>>;
  readonly events?: Readonly<Record<string, EventCast>>;
}): Cast {
  return { from: cast.from, to: cast.to, requests: cast.requests ?? {}, events: cast.events ?? {} };
}
