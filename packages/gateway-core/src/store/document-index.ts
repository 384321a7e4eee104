import type { Collection, DocumentQuery } from '../ports/store.ts';

/*
 * Every engine lists documents by comparing plain text, and engines disagree about text: JavaScript compares code units,
 * SQLite and PostgreSQL compare UTF-8 bytes, and PostgreSQL refuses U+0000. The encoding below uses only the characters
 * U+0001 to U+D7FF, where all of them agree, and keeps the order of the tuples that went in.
 */
const KEY_END = '\u0001';
const PART_END = '\u0002';
const ESCAPE_LOW = '\u0003';
const ESCAPE_HIGH = '\uD7FF';
const FIRST_PLAIN = 0x0004;
const FIRST_HIGH = 0xd7ff;

/** Greater than every key that begins with the text before it. */
const AFTER_ALL = '\uFFFF';

/**
 * Rewrites any text so that every engine can keep it and orders it by code unit. Ordinary text comes back as it is;
 * control characters below U+0004, surrogates and what lies above them become two characters.
 */
export function encodeText(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    if (isEscaped(text.charCodeAt(at))) return text.slice(0, at) + escapeFrom(text, at);
  }
  return text;
}

/** The text that {@link encodeText} was given. */
export function decodeText(encoded: string): string {
  if (!encoded.includes(ESCAPE_LOW) && !encoded.includes(ESCAPE_HIGH)) return encoded;
  let text = '';
  for (let at = 0; at < encoded.length; at += 1) {
    const char = encoded.charAt(at);
    if (char !== ESCAPE_LOW && char !== ESCAPE_HIGH) {
      text += char;
      continue;
    }
    at += 1;
    text += String.fromCharCode(encoded.charCodeAt(at) - 1 + (char === ESCAPE_HIGH ? FIRST_HIGH : 0));
  }
  return text;
}

/** Joins the parts of a tuple. Any tuple that begins with these parts encodes to a text that begins with the result. */
export function encodeParts(parts: readonly string[]): string {
  let encoded = '';
  for (const part of parts) encoded += encodeText(part) + PART_END;
  return encoded;
}

/**
 * The key of one document in one index: ordered by the tuple part by part, a shorter tuple before those it begins, and by
 * the document's id where tuples are equal.
 */
export function entryKey(parts: readonly string[], id: string): string {
  return encodeParts(parts) + KEY_END + encodeText(id);
}

/** The keys under which a value is listed, by the name of the index; an index that leaves the value out is absent. */
export function entryKeys<Value>(collection: Collection<Value>, id: string, value: Value): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const index of Object.keys(collection.indexes)) {
    const parts = collection.indexes[index]?.(value);
    if (parts !== undefined) keys[index] = entryKey(parts, id);
  }
  return keys;
}

/** Both bounds exclude themselves. */
export interface EntryRange {
  readonly above: string;
  readonly below: string;
}

/**
 * The range of entry keys that a query asks for, its `after` included.
 *
 * @throws {RangeError} when the collection has no such index, or the limit is not a positive whole number.
 */
export function entryRange<Value>(collection: Collection<Value>, query: DocumentQuery): EntryRange {
  if (!Object.hasOwn(collection.indexes, query.index)) {
    throw new RangeError(`the collection ${collection.name} has no index ${query.index}`);
  }
  if (!Number.isSafeInteger(query.limit) || query.limit < 1) {
    throw new RangeError(`the limit of a page is a positive whole number, not ${query.limit}`);
  }
  const above = encodeParts(query.prefix ?? []);
  const below = above + encodeParts(query.upTo ?? []) + AFTER_ALL;
  const { after } = query;
  if (after === undefined) return { above, below };
  // `after` may come from a stranger: it narrows the range and cannot widen it.
  if (query.order === 'descending') return after < below ? { above, below: after } : { above, below };
  return after > above ? { above: after, below } : { above, below };
}

/**
 * A text of 16 characters for a number, in the same order: for parts of index keys.
 *
 * @throws {RangeError} for NaN, which has no place in an order.
 */
export function sortableNumber(value: number): string {
  if (Number.isNaN(value)) throw new RangeError('NaN cannot be ordered');
  // Adding 0 turns -0 into 0, which is the same number and must be the same key.
  doubles.setFloat64(0, value + 0);
  const high = doubles.getUint32(0);
  const low = doubles.getUint32(4);
  // IEEE 754 orders by its bits once a positive number has its sign set and a negative one is inverted.
  const negative = high >= 0x80000000;
  return hex(negative ? ~high >>> 0 : (high | 0x80000000) >>> 0) + hex(negative ? ~low >>> 0 : low);
}

const doubles = new DataView(new ArrayBuffer(8));

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}

function isEscaped(unit: number): boolean {
  return unit < FIRST_PLAIN || unit >= FIRST_HIGH;
}

function escapeFrom(text: string, start: number): string {
  let escaped = '';
  for (let at = start; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < FIRST_PLAIN) escaped += ESCAPE_LOW + String.fromCharCode(unit + 1);
    else if (unit >= FIRST_HIGH) escaped += ESCAPE_HIGH + String.fromCharCode(unit - FIRST_HIGH + 1);
    else escaped += text.charAt(at);
  }
  return escaped;
}
