/**
 * A schema of the wire as plain data: what `readShape` needs to judge a value without zod. One shape stands for every revision
 * and for both readers, as the schema does from which it is made.
 */
export type Shape = Life &
  (
    | {
        readonly is: 'string';
        readonly min?: number;
        readonly max?: number;
        readonly like?: RegExp;
        readonly called?: string;
      }
    | { readonly is: 'number'; readonly whole?: true; readonly min?: number; readonly max?: number }
    | { readonly is: 'boolean' }
    | { readonly is: 'unknown' }
    | { readonly is: 'enum'; readonly values: readonly unknown[] }
    | { readonly is: 'array'; readonly of: Shape; readonly min?: number; readonly max?: number }
    /** `rest` is there where other keys are welcome whoever reads it, and says what they hold. */
    | { readonly is: 'object'; readonly fields: Fields; readonly rest?: Shape }
    | { readonly is: 'record'; readonly of: Shape }
    /** `by`: the field that tells the options apart. */
    | { readonly is: 'union'; readonly of: readonly Shape[]; readonly by?: string }
    | { readonly is: 'optional'; readonly of: Shape }
    | { readonly is: 'nullable'; readonly of: Shape }
    | { readonly is: 'default'; readonly of: Shape; readonly value: unknown }
  );

export type Fields = Readonly<Record<string, Shape>>;

/** The first and the last revision that have a field; absent: all. */
interface Life {
  readonly since?: number;
  readonly until?: number;
}

/** The shapes of a request; a result that says nothing has none. */
export interface RequestShapes {
  readonly payload: Shape;
  readonly result?: Shape;
  /** What was said instead, up to a revision. */
  readonly before?: { readonly until: number; readonly payload: Shape; readonly result?: Shape };
}
