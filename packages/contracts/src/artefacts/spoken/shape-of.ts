import type * as z from 'zod/mini';
import type { Schema } from '../../define/operation.ts';
import { fieldLife } from '../../define/schema-at.ts';
import type { Shape } from '../../spoken/shape.ts';

/** The shape of a schema as its author wrote it, for every revision. @throws {TypeError} for what a shape cannot say */
export function shapeOf(schema: Schema): Shape {
  const { since, until } = fieldLife(schema);
  return {
    ...timeless(schema),
    ...(since === 0 ? {} : { since }),
    ...(until === Number.POSITIVE_INFINITY ? {} : { until }),
  };
}

function timeless(schema: Schema): Shape {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return { is: 'string', ...boundsOf(def), ...formatOf(def) };
    case 'number':
      return {
        is: 'number',
        ...boundsOf(def),
        ...('format' in def && def.format === 'safeint' ? { whole: true } : {}),
      };
    case 'boolean':
    case 'unknown':
      return { is: def.type };
    case 'enum':
      return { is: 'enum', values: Object.values(def.entries) };
    case 'literal':
      return { is: 'enum', values: def.values };
    case 'array':
      return { is: 'array', of: shapeOf(def.element), ...boundsOf(def) };
    case 'object':
      return {
        is: 'object',
        fields: Object.fromEntries(Object.entries(def.shape).map(([key, field]) => [key, shapeOf(field as Schema)])),
        ...restOf(def),
      };
    case 'record':
      return { is: 'record', of: shapeOf(def.valueType) };
    case 'union':
      return {
        is: 'union',
        of: def.options.map(shapeOf),
        ...('discriminator' in def ? { by: String(def.discriminator) } : {}),
      };
    case 'optional':
    case 'nullable':
      return { is: def.type, of: shapeOf(def.innerType) };
    case 'default':
      return { is: 'default', of: shapeOf(def.innerType), value: def.defaultValue };
    default:
      throw new TypeError(`a shape cannot be a ${def.type}`);
  }
}

/** Where any key is welcome, what it holds. A closed object is closed for who reads it so, like every other. */
function restOf({ catchall }: z.core.$ZodObjectDef): { readonly rest?: Shape } {
  return catchall === undefined || catchall._zod.def.type === 'never' ? {} : { rest: shapeOf(catchall) };
}

/** What `z.uuid()` and its like say in their own definition. */
function formatOf(def: object): { readonly like?: RegExp; readonly called?: string } {
  if (!('format' in def)) return {};
  const { format, pattern } = def as z.core.$ZodStringFormatDef;
  if (pattern === undefined) throw new TypeError(`the format ${format} has no pattern`);
  return { like: pattern, called: format };
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly like?: RegExp;
}

/** What the checks of a schema say, in the order in which a shape is held against a value: the pattern, the least, the most. */
function boundsOf({ checks = [] }: { readonly checks?: readonly z.core.$ZodCheck<never>[] | undefined }): Bounds {
  const said = checks.map(boundOf);
  const bounds: Bounds = Object.assign({}, ...said);
  const order = said.flatMap((bound) => Object.keys(bound));
  const expected = ['like', 'min', 'max'].filter((key) => key in bounds);
  if (order.join() !== expected.join())
    throw new TypeError(`a shape is judged by ${expected.join()}, not by ${order.join()}`);
  return bounds;
}

function boundOf(check: z.core.$ZodCheck<never>): Bounds {
  const { def } = (check as unknown as z.core.$ZodChecks)._zod;
  if (def.check === 'min_length') return { min: def.minimum };
  if (def.check === 'max_length') return { max: def.maximum };
  if (def.check === 'greater_than' && def.inclusive) return { min: Number(def.value) };
  if (def.check === 'less_than' && def.inclusive) return { max: Number(def.value) };
  if (def.check === 'string_format' && def.format === 'regex' && def.pattern) return { like: def.pattern };
  throw new TypeError(`a shape has no check ${def.check}`);
}
