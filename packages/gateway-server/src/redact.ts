const REDACTED = '[redacted]';

/** Names of fields whose values are secrets, whatever they look like; `token_id` and the like only name one. */
const SECRET_NAME = /(^|[_-])(token|secret|password|authorization|cookie|proof|private_?key|pem)$/i;

/** What a secret looks like inside other text: the ways in which tokens travel, and what a private key begins with. */
const SECRET_TEXTS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(Bearer|Basic) +[^\s"',;]+/gi, `$1 ${REDACTED}`],
  [/\b(tyrum-auth\.)[\w-]+/g, `$1${REDACTED}`],
  [/\b(tyrum_session=)[^\s"',;]+/g, `$1${REDACTED}`],
  [/\bty[tn]_[\w-]{16,}/g, REDACTED],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
];

/** How deep fields are looked into; what lies below is left out. */
const MOST_DEPTH = 6;

/** Takes the secrets out of what is about to be written down (SEC-2). */
export interface Redactor {
  text(text: string): string;
  /** A copy of a value, fit for JSON, without secrets and without cycles. */
  value(value: unknown): unknown;
}

/** @param secrets texts that are known to be secret, taken out wherever they occur */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  const known = secrets.filter((secret) => secret !== '');

  function text(input: string): string {
    let output = input;
    for (const secret of known) output = output.replaceAll(secret, REDACTED);
    for (const [pattern, replacement] of SECRET_TEXTS) output = output.replace(pattern, replacement);
    return output;
  }

  function value(input: unknown, depth = 0): unknown {
    switch (typeof input) {
      case 'string':
        return text(input);
      case 'bigint':
      case 'symbol':
        return String(input);
      case 'function':
        return undefined;
      case 'object':
        return input === null ? null : objectValue(input, depth);
      default:
        return input;
    }
  }

  function objectValue(input: object, depth: number): unknown {
    if (input instanceof Error) return text(input.stack ?? input.message);
    if (input instanceof Date) return input.toJSON();
    if (depth === MOST_DEPTH) return '…';
    if (Array.isArray(input)) return input.map((entry) => value(entry, depth + 1));
    return Object.fromEntries(
      Object.entries(input).map(([name, entry]) => [
        name,
        SECRET_NAME.test(name) && entry !== undefined ? REDACTED : value(entry, depth + 1),
      ]),
    );
  }

  return { text, value: (input) => value(input) };
}
