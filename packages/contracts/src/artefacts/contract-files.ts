import type { Contract } from '../define/contract.ts';
import { describeAsyncApi } from './asyncapi.ts';
import { type DescribeOptions, describeExtension, describeRevision } from './describe.ts';
import type { JsonObject } from './json.ts';
import { schemaFiles } from './schema-files.ts';

/** One file of a contract for other languages. */
export interface ContractFile {
  /** Below the contract, for instance `3/events/turn.queued.json`. */
  readonly path: string;
  readonly content: JsonObject;
}

/** Files that are made together, and only when they are asked for: that takes some hundred milliseconds. */
export interface ContractFileSet {
  /** Whether a path can be one of these. */
  has(path: string): boolean;
  write(): readonly ContractFile[];
}

/**
 * Everything that there is of a contract at one revision: `contract.json`, which is what is hashed, `extensions/<id>.json`,
 * `asyncapi.json`, and the files of `schemaFiles` in both drafts. Every path begins with the revision.
 *
 * @throws {RangeError} from `write`, for a revision that the contract does not serve.
 */
export function contractFileSets(
  contract: Contract,
  revision: number,
  options: Pick<DescribeOptions, 'base'> = {},
): readonly ContractFileSet[] {
  const single = (name: string, describe: () => JsonObject): ContractFileSet => {
    const path = `${revision}/${name}`;
    return { has: (other) => other === path, write: () => [{ path, content: describe() }] };
  };
  const schemas = (draft: 'draft-2020-12' | 'draft-07', has: ContractFileSet['has']): ContractFileSet => ({
    has,
    write: () =>
      schemaFiles(contract, revision, { ...options, draft }).map(({ path, schema }) => ({ path, content: schema })),
  });
  const old = (path: string) => path.startsWith(`${revision}/draft-07/`);
  return [
    single('contract.json', () => describeRevision(contract, revision, options)),
    ...contract.extensions.map(({ id }) =>
      single(`extensions/${id}.json`, () => describeExtension(contract, id, revision, options)),
    ),
    single('asyncapi.json', () => describeAsyncApi(contract, revision)),
    schemas('draft-07', old),
    schemas('draft-2020-12', (path) => /^\d+\/(values|requests|events|frames)\//.test(path)),
  ];
}
