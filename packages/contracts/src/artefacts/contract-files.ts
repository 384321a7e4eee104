import type { Contract } from '../define/contract.ts';
import { describeAsyncApiInSteps } from './asyncapi.ts';
import { type DescribeOptions, describeExtensionInSteps, describeRevisionInSteps } from './describe.ts';
import type { JsonObject } from './json.ts';
import type { Draft } from './json-schema.ts';
import { schemaFilesInSteps } from './schema-files.ts';
import { atOnce, type Steps } from './steps.ts';

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
  /** The same in steps of about a millisecond: a server answers others in between. */
  writeInSteps(): Steps<readonly ContractFile[]>;
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
  const single = (name: string, describe: () => Steps<JsonObject>): ContractFileSet => {
    const path = `${revision}/${name}`;
    return fileSet(
      (other) => other === path,
      function* () {
        return [{ path, content: yield* describe() }];
      },
    );
  };
  const schemas = (draft: Draft, has: ContractFileSet['has']): ContractFileSet =>
    fileSet(has, function* () {
      const files = yield* schemaFilesInSteps(contract, revision, { ...options, draft });
      return files.map(({ path, schema }) => ({ path, content: schema }));
    });
  const old = (path: string) => path.startsWith(`${revision}/draft-07/`);
  return [
    single('contract.json', () => describeRevisionInSteps(contract, revision, options)),
    ...contract.extensions.map(({ id }) =>
      single(`extensions/${id}.json`, () => describeExtensionInSteps(contract, id, revision, options)),
    ),
    single('asyncapi.json', () => describeAsyncApiInSteps(contract, revision)),
    schemas('draft-07', old),
    schemas('draft-2020-12', (path) => /^\d+\/(values|requests|events|frames)\//.test(path)),
  ];
}

function fileSet(has: ContractFileSet['has'], writeInSteps: () => Steps<readonly ContractFile[]>): ContractFileSet {
  return { has, writeInSteps, write: () => atOnce(writeInSteps()) };
}
