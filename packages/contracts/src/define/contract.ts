import type { Revision } from '../tables/revisions.ts';
import { assemble, definitionsOf, type Parts } from './assemble.ts';
import type { Cast } from './cast.ts';
import { checkContract } from './contract-check.ts';
import type { Definition } from './operation.ts';
import type { RevisionView } from './revision-view.ts';

/** Files of definitions, as `import * as conversation from './conversation.ts'` brings them. */
export type Modules = { readonly [Name: string]: { readonly [Export: string]: unknown } };

/** A set of definitions that peers agree on by its own id and hash, beside the base contract. */
export interface ExtensionEntry {
  readonly id: string;
  /** SHA-256 of the extension's artefact at a revision, base64url, by revision. */
  readonly hashes: Hashes;
  /** The types it brought, and its definitions themselves: a type can be a request of the base and an event of this. */
  readonly types: ReadonlySet<string>;
  readonly definitions: ReadonlySet<Definition>;
}

/** SHA-256 of artefacts, base64url, by revision. */
export type Hashes = Readonly<Record<number, string>>;

/** Everything two peers can say to each other, as one value. */
export interface Contract<M extends Modules = Modules> {
  readonly name: string;
  readonly revisions: readonly Revision[];
  /** The revisions that a gateway serves and a client offers, ascending: every one that is not retired. */
  readonly served: readonly number[];
  readonly modules: M;
  readonly definitions: readonly Definition[];
  readonly casts: readonly Cast[];
  /** SHA-256 of the artefact of each revision of the base contract, base64url. */
  readonly hashes: Hashes;
  readonly extensions: readonly ExtensionEntry[];
  /** The contract at its newest revision, served or not: what handlers and the log speak. */
  readonly current: RevisionView;
  /** The contract as it is at one revision. Derived once, then kept. @throws {RangeError} for a revision it does not have. */
  at(revision: number): RevisionView;
  /** The same contract with more definitions in it; the base keeps its hash. @throws {ContractError} */
  extend<Extra extends Modules>(extension: ExtensionOptions<Extra>): Contract<M & Extra>;
  /** The same contract with these hashes: of its base, and of its extensions by id. Those not named stay. */
  withHashes(hashes: Hashes, ofExtensions?: Readonly<Record<string, Hashes>>): Contract<M>;
}

export interface ExtensionOptions<Extra extends Modules> {
  /** The id under which peers agree on it, for instance `com.example.billing`. */
  readonly name: string;
  readonly modules: Extra;
  readonly hashes?: Hashes;
}

export interface ContractOptions<M extends Modules> {
  readonly name: string;
  readonly revisions: readonly Revision[];
  readonly modules: M;
  readonly casts?: readonly Cast[];
  /** From the frozen artefacts; `lockContract` of `@tyrum/contracts/artefacts` makes them. */
  readonly hashes?: Hashes;
}

/**
 * Makes a contract out of its modules. Pure.
 *
 * @throws {ContractError} that names the place, when definitions contradict each other or cannot be exported.
 */
export function defineContract<M extends Modules>(options: ContractOptions<M>): Contract<M> {
  return judged({
    name: options.name,
    revisions: options.revisions,
    modules: options.modules,
    casts: options.casts ?? [],
    hashes: options.hashes ?? {},
    extensions: [],
  });
}

function judged<M extends Modules>(parts: Parts<M>): Contract<M> {
  const assembled = assemble(parts);
  const { definitions, served, at } = assembled;
  checkContract({ ...parts, definitions });
  return {
    ...parts,
    definitions,
    served,
    at,
    get current() {
      return assembled.current;
    },
    extend({ name, modules, hashes = {} }) {
      const added = new Set(definitionsOf(modules));
      const types = new Set([...added].map((definition) => definition.type));
      return judged({
        ...parts,
        modules: { ...parts.modules, ...prefixed(name, modules) } as typeof parts.modules & typeof modules,
        extensions: [...parts.extensions, { id: name, hashes, types, definitions: added }],
      });
    },
    withHashes(hashes, ofExtensions = {}) {
      return judged({
        ...parts,
        hashes: { ...parts.hashes, ...hashes },
        extensions: parts.extensions.map((entry) => ({
          ...entry,
          hashes: { ...entry.hashes, ...ofExtensions[entry.id] },
        })),
      });
    },
  };
}

/** An extension's module may be called like one of the base: neither hides the other. */
function prefixed(name: string, modules: Modules): Modules {
  return Object.fromEntries(Object.entries(modules).map(([key, module]) => [`${name}/${key}`, module]));
}
