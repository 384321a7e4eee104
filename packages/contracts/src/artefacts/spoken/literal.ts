/**
 * A value as an expression of TypeScript.
 *
 * @param nameOf the constant that stands for a part of it already
 */
export function literal(value: unknown, nameOf: (part: object) => string | undefined = () => undefined): string {
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"')}'`;
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return String(value);
  return nameOf(value) ?? composed(value, nameOf);
}

/** The same for an array or an object, whether or not there is a constant for it. */
export function composed(value: object, nameOf: (part: object) => string | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, nameOf)).join(', ')}]`;
  const members = Object.entries(value).map(([key, member]) => {
    const name = /^[a-z_]\w*$/i.test(key) ? key : literal(key);
    return `${name}: ${literal(member, nameOf)}`;
  });
  return `{ ${members.join(', ')} }`;
}
