import type { ZodType } from 'zod/v3';

/** What a schema of zod 3 says of itself. It is read, never imported: a program without zod 3 carries none of it. */
export interface Zod3Parts {
  readonly typeName: string;
  readonly checks?: readonly { readonly kind: string; readonly value?: number; readonly regex?: RegExp }[];
  readonly coerce?: boolean;
  readonly value?: unknown;
  readonly unknownKeys?: 'strict' | 'strip' | 'passthrough';
  readonly catchall?: ZodType;
  readonly innerType?: ZodType;
  readonly keyType?: ZodType;
  readonly valueType?: ZodType;
  readonly options?: readonly ZodType[];
  /** Of a discriminated union. */
  readonly optionsMap?: ReadonlyMap<unknown, ZodType>;
}

export function partsOf(schema: ZodType): Zod3Parts {
  return schema._def as unknown as Zod3Parts;
}

/** The fields of an object; none for any other kind. */
export function fieldsOf(schema: ZodType): Readonly<Record<string, ZodType>> {
  const { shape } = schema._def as { shape?: () => Record<string, ZodType> };
  return shape === undefined ? {} : shape();
}

/** The element of an array. */
export function elementOf(schema: ZodType): ZodType | undefined {
  return partsOf(schema).typeName === 'ZodArray' ? (schema._def as unknown as { type: ZodType }).type : undefined;
}

/** Every schema one step down, by the words in which a path tells where it is. */
export function stepsOf(schema: ZodType): readonly (readonly [step: string | undefined, inner: ZodType])[] {
  const { typeName, catchall, innerType, valueType, options = [] } = partsOf(schema);
  const element = elementOf(schema);
  return [
    ...Object.entries(fieldsOf(schema)),
    ...(typeName === 'ZodObject' && catchall !== undefined && isKind(catchall, 'ZodNever') === false
      ? [['*', catchall] as const]
      : []),
    ...[element, innerType, valueType, ...options].flatMap((inner) =>
      inner === undefined ? [] : [[undefined, inner] as const],
    ),
  ];
}

export function isKind(schema: ZodType, typeName: string): boolean {
  return partsOf(schema).typeName === typeName;
}
