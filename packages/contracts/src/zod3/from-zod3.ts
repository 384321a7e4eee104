import type { ZodType } from 'zod/v3';
import { $constructor, $ZodType, type $ZodTypeDef, type $ZodTypeInternals, globalRegistry } from 'zod/v4/core';
import type { Foreign } from '../define/foreign.ts';
import type { Meta } from '../define/meta.ts';
import { issuesFrom } from './issues.ts';
import { isKind } from './kinds.ts';
import { countingCodePoints, hasClosedObject, withUnknownKeys } from './rebuild.ts';
import { problemOf } from './wire-problem.ts';

/** A schema of zod 3, of whatever copy of it. */
export interface Zod3Schema {
  readonly _input: unknown;
  readonly _output: unknown;
  readonly _def: object;
  safeParse(value: unknown): { readonly success: boolean };
}

/**
 * A schema of zod 3 (`zod/v3`, or the package `zod` 3) as one that a definition takes, by itself or as a part of a schema of
 * zod 4. It validates by its own rules, has its own types, and is exported through zod-to-json-schema. Like any schema of
 * the wire it says no more than JSON Schema can; `defineContract` refuses what does and names the place.
 *
 * @param said its `id` if it is shared under a name, and what else the metadata of a schema of zod 4 says
 */
export function fromZod3<Of extends Zod3Schema>(schema: Of, said?: Meta): FromZod3<Of> {
  // Every copy of zod 3 is the same inside; the types of two copies are not the same to the compiler.
  const adapted = made(schema as object as ZodType);
  if (said !== undefined) globalRegistry.add(adapted, { ...said });
  return adapted as FromZod3<Of>;
}

/** The types of a schema of zod 3, for zod 4: also whether it may be left out of an object. */
export type FromZod3<Of extends Zod3Schema> = $ZodType<
  Of['_output'],
  Of['_input'],
  $ZodTypeInternals<Of['_output'], Of['_input']> &
    (undefined extends Of['_input'] ? { optin: 'optional' } : unknown) &
    (undefined extends Of['_output'] ? { optout: 'optional' } : unknown)
>;

interface Def extends $ZodTypeDef {
  readonly type: 'custom';
  readonly foreign: Foreign & { readonly schema: ZodType };
}

interface Adapted extends $ZodType {
  readonly _zod: $ZodTypeInternals & { readonly def: Def };
}

const AdaptedZod3 = /* @__PURE__ */ $constructor<Adapted, Def>('AdaptedZod3', (inst, def) => {
  $ZodType.init(inst, def);
  const { schema } = def.foreign;
  if (schema.isOptional()) {
    inst._zod.optin = 'optional';
    // With a default it may be left out, and is there all the same.
    if (schema.safeParse(undefined).data === undefined) inst._zod.optout = 'optional';
  }
  const reader = countingCodePoints(schema);
  inst._zod.parse = (payload) => {
    const read = reader.safeParse(payload.value);
    if (read.success) payload.value = read.data;
    else payload.issues.push(...issuesFrom(read.error.issues, payload.value, inst));
    return payload;
  };
});

function made(schema: ZodType): $ZodType {
  return new AdaptedZod3({
    type: 'custom',
    foreign: {
      schema,
      closed: () => made(withUnknownKeys(schema, 'strict')),
      open: () => made(withUnknownKeys(schema, 'strip')),
      isClosed: () => hasClosedObject(schema),
      isAny: () => isKind(schema, 'ZodAny'),
      problem: () => problemOf(schema),
    },
  });
}
