/**
 * Canonical JSON text (RFC 8785) of a JSON value: what payload hashes and contract hashes are computed over. As in JSON, a member
 * that is `undefined` is left out.
 *
 * @throws {RangeError} for a number or a text that no JSON can hold: one that is not finite, or not Unicode.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} is no number of JSON`);
  // Numbers, true and false: JSON has them as JavaScript writes them.
  if (typeof value !== 'object' || value === null) return String(value ?? null);
  return Array.isArray(value) ? arrayText(value) : objectText(value as Members);
}

interface Members {
  readonly [key: string]: unknown;
}

function arrayText(items: readonly unknown[]): string {
  let text = '[';
  for (const item of items) text += (text === '[' ? '' : ',') + canonicalJson(item);
  return `${text}]`;
}

function objectText(members: Members): string {
  const keys = Object.keys(members);
  if (!inOrder(keys)) keys.sort();
  let text = '{';
  for (const key of keys) {
    const value = members[key];
    if (value !== undefined) text += `${text === '{' ? '' : ','}${quoted(key)}:${canonicalJson(value)}`;
  }
  return `${text}}`;
}

/** Whether keys stand by their UTF-16 units, as a peer that writes canonical JSON has sent them. */
function inOrder(keys: readonly string[]): boolean {
  for (let at = 1; at < keys.length; at += 1) if ((keys[at - 1] as string) > (keys[at] as string)) return false;
  return true;
}

/** Nothing in it that JSON escapes, and no halves of pairs. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;
const HALF_OF_A_PAIR = /\p{Surrogate}/u;

function quoted(text: string): string {
  // Most text is this way, and to look is cheaper than to have it escaped.
  if (PLAIN.test(text)) return `"${text}"`;
  if (HALF_OF_A_PAIR.test(text)) throw new RangeError('half of a surrogate pair is no text of JSON');
  return JSON.stringify(text);
}
