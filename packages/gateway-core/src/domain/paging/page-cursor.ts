import { fromBase64Url, toBase64Url } from '@tyrum/contracts';
import { contractError } from '../refusals.ts';

/** The key parts of one item in the order of a list: a page goes on behind it. */
export type Place = readonly string[];

/** The opaque text of a place in a list. It carries no rights: whoever passes it reads in their own tenant. */
export function encodePageCursor(list: string, place: Place): string {
  return toBase64Url(new TextEncoder().encode(JSON.stringify([list, ...place])));
}

/**
 * The place that a cursor of this list names.
 *
 * @param field the member of the payload that carries it
 * @throws {ProtocolError} `contract_error` for a text that is not a cursor of this list
 */
export function decodePageCursor(list: string, length: number, cursor: string, field: string): Place {
  const parts = partsOf(cursor);
  if (parts === undefined || parts.length !== length + 1 || parts[0] !== list) {
    throw contractError(['payload', field], 'expected a cursor that this list gave out');
  }
  return parts.slice(1);
}

function partsOf(cursor: string): readonly string[] | undefined {
  const bytes = fromBase64Url(cursor);
  if (bytes === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : undefined;
  } catch {
    return undefined;
  }
}
