import canonicalize from 'canonicalize';

/** Canonical JSON text (RFC 8785) of a JSON value: what payload hashes and contract hashes are computed over. */
export function canonicalJson(value: unknown): string {
  return canonicalize(value) ?? 'null';
}
