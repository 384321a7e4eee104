import type { Contract, Modules } from './contract.ts';
import type { Definition } from './operation.ts';
import { createRevisionView, type RevisionView } from './revision-view.ts';

/** What a contract is made of. */
export type Parts<M extends Modules> = Pick<
  Contract<M>,
  'name' | 'revisions' | 'modules' | 'casts' | 'hashes' | 'extensions'
>;

/** The parts of a contract put together, without a judgement of them: `defineContract` judges. */
export function assemble({ name, revisions, modules, casts, hashes, extensions }: Parts<Modules>) {
  const definitions = definitionsOf(modules);
  const views = new Map<number, RevisionView>();
  const served = revisions.filter((entry) => entry.status !== 'retired').map((entry) => entry.revision);
  const newest = Math.max(...revisions.map((entry) => entry.revision));

  function viewAt(revision: number): RevisionView {
    let view = views.get(revision);
    if (view === undefined) {
      view = createRevisionView({ definitions, casts, extensions, revision });
      views.set(revision, view);
    }
    return view;
  }

  return {
    name,
    hashes,
    extensions,
    definitions,
    served,
    get current(): RevisionView {
      return viewAt(newest);
    },
    at(revision: number): RevisionView {
      if (!served.includes(revision)) throw new RangeError(`contract ${name} does not serve revision ${revision}`);
      return viewAt(revision);
    },
  };
}

/** The definitions among everything that modules export. */
export function definitionsOf(modules: Modules): readonly Definition[] {
  return Object.values(modules).flatMap((module) => Object.values(module).filter(isDefinition));
}

function isDefinition(value: unknown): value is Definition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'request' || value.kind === 'event')
  );
}
