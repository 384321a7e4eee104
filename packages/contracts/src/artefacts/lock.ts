import type { Contract, Hashes, Modules } from '../define/contract.ts';
import { toBase64Url } from '../runtime/base64url.ts';
import { canonicalJson } from '../runtime/canonical-json.ts';
import { type DescribeOptions, describeExtension, describeRevision } from './describe.ts';
import type { Json } from './json.ts';

/** SHA-256 of UTF-8 text. In Node.js: `(text) => createHash('sha256').update(text).digest()`. */
export type Sha256 = (text: string) => Uint8Array;

/** The hash by which peers agree on a contract: SHA-256 of the canonical JSON (RFC 8785) of its artefact, base64url. */
export function hashArtefact(artefact: Json, sha256: Sha256): string {
  return toBase64Url(sha256(canonicalJson(artefact)));
}

/**
 * The same contract with the hashes it lacks, of its base and of its extensions, for every revision that it serves. Hashes
 * that are there stay: those of a released revision are frozen.
 *
 * Both sides must come to the same text: compute once with one version of zod and commit the result, or ship both sides
 * from one build.
 */
export function lockContract<M extends Modules>(
  contract: Contract<M>,
  sha256: Sha256,
  options: Pick<DescribeOptions, 'base'> = {},
): Contract<M> {
  const lock = (known: Hashes, describe: (revision: number) => Json): Hashes =>
    Object.fromEntries(
      contract.served.map((revision) => [revision, known[revision] ?? hashArtefact(describe(revision), sha256)]),
    );
  return contract.withHashes(
    lock(contract.hashes, (revision) => describeRevision(contract, revision, options)),
    Object.fromEntries(
      contract.extensions.map(({ id, hashes }) => [
        id,
        lock(hashes, (revision) => describeExtension(contract, id, revision, options)),
      ]),
    ),
  );
}
