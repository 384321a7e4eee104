import type { RefinementCtx, ZodType } from 'zod/v3';
import { codePointsExceed } from '../runtime/code-points.ts';
import { elementOf, fieldsOf, partsOf, stepsOf, type Zod3Parts } from './kinds.ts';

/** The same schema whose objects treat unknown keys so, all the way down; objects that are open stay open. */
export function withUnknownKeys(schema: ZodType, unknownKeys: 'strict' | 'strip'): ZodType {
  return rebuilt(schema, (part) => {
    const { typeName, unknownKeys: own } = partsOf(part);
    return typeName === 'ZodObject' && own !== 'passthrough' ? remade(part, { unknownKeys }) : part;
  });
}

/** The same schema that counts the length of a text as JSON Schema and zod 4 do: zod 3 counts some characters twice. */
export function countingCodePoints(schema: ZodType): ZodType {
  return rebuilt(schema, (part) => {
    const { typeName, checks = [] } = partsOf(part);
    const lengths = checks.filter(({ kind }) => LENGTHS.has(kind));
    if (typeName !== 'ZodString' || lengths.length === 0) return part;
    const text = remade(part, { checks: checks.filter((check) => !lengths.includes(check)) });
    return text.superRefine((value: string, context) => {
      for (const check of lengths) judgeLength(value, check, context);
    });
  });
}

/** Whether there is an object in it that refuses unknown keys. */
export function hasClosedObject(schema: ZodType): boolean {
  return partsOf(schema).unknownKeys === 'strict' || stepsOf(schema).some(([, inner]) => hasClosedObject(inner));
}

const LENGTHS: ReadonlySet<string> = new Set(['min', 'max', 'length']);

function judgeLength(
  text: string,
  { kind, value = 0 }: NonNullable<Zod3Parts['checks']>[number],
  context: RefinementCtx,
) {
  if (kind !== 'min' && codePointsExceed(text, value))
    context.addIssue({ code: 'too_big', type: 'string', maximum: value, inclusive: true });
  if (kind !== 'max' && value > 0 && !codePointsExceed(text, value - 1))
    context.addIssue({ code: 'too_small', type: 'string', minimum: value, inclusive: true });
}

/** The same schema with each part changed, from the inside out. */
function rebuilt(schema: ZodType, change: (part: ZodType) => ZodType): ZodType {
  const inside = (inner: ZodType) => rebuilt(inner, change);
  const { typeName, catchall, innerType, valueType, options, optionsMap } = partsOf(schema);
  const element = elementOf(schema);
  if (typeName === 'ZodObject') {
    const fields = Object.fromEntries(Object.entries(fieldsOf(schema)).map(([key, field]) => [key, inside(field)]));
    const rest = catchall === undefined ? {} : { catchall: inside(catchall) };
    return change(remade(schema, { shape: () => fields, ...rest }));
  }
  if (element !== undefined) return change(remade(schema, { type: inside(element) }));
  if (innerType !== undefined) return change(remade(schema, { innerType: inside(innerType) }));
  if (valueType !== undefined) return change(remade(schema, { valueType: inside(valueType) }));
  if (options === undefined) return change(schema);
  const parts = new Map(options.map((option) => [option, inside(option)]));
  const byValue =
    optionsMap && new Map([...optionsMap].map(([value, option]) => [value, parts.get(option) ?? option] as const));
  return change(remade(schema, { options: [...parts.values()], ...(byValue && { optionsMap: byValue }) }));
}

function remade(schema: ZodType, parts: object): ZodType {
  // Of whatever copy of zod 3 the schema comes from.
  const Kind = schema.constructor as new (def: object) => ZodType;
  return new Kind({ ...schema._def, ...parts });
}
