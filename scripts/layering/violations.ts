import { basename, dirname, posix } from 'node:path';
import { isBuiltin, packageNameOf } from '../workspace/module-imports.ts';
import { heldByOneFile, type Layer, layerOf, matches } from './layers.ts';

/** A source file: its path inside the package, with slashes, and what it imports. */
export interface SourceFile {
  readonly path: string;
  readonly imports: readonly string[];
}

/** A package as the rules see it. */
export interface SourcePackage {
  readonly name: string;
  readonly isPrivate: boolean;
  /** The keys of its `exports`. */
  readonly exports: readonly string[];
  /** The files that its exports and commands are built from. What they reach is shipped. */
  readonly entries: readonly string[];
  readonly files: readonly SourceFile[];
}

/** What tests of several packages share: it ships with none of them. */
const WORKSPACE_ROOM = '../../scripts/workspace/';

/** Every import that goes against the layers, one sentence each; none when the direction holds. */
export function violations(packages: readonly SourcePackage[]): readonly string[] {
  const exported = new Map(packages.map(({ name, exports }) => [name, exports]));
  return packages.flatMap((source) => {
    const layer = layerOf(source.name, source.isPrivate);
    if (layer === undefined) {
      return [`${source.name} has no layer: say in scripts/layering/layers.ts what it may import`];
    }
    const shipped = reachedFrom(source.entries, source.files);
    const found = source.files.flatMap((file) =>
      file.imports.flatMap((specifier) =>
        complaints({ source, layer, shipped, exported }, file, specifier).map(
          (complaint) => `${source.name}/${file.path} ${complaint}`,
        ),
      ),
    );
    return [...found, ...nodeModulesReached(source, layer), ...spreadImports(source.name, shipped)];
  });
}

interface Scope {
  readonly source: SourcePackage;
  readonly layer: Layer;
  readonly shipped: readonly SourceFile[];
  /** The keys of `exports`, by package. */
  readonly exported: ReadonlyMap<string, readonly string[]>;
}

function complaints(
  { source, layer, shipped, exported }: Scope,
  file: SourceFile,
  specifier: string,
): readonly string[] {
  const isShipped = shipped.includes(file);
  if (specifier.startsWith('.')) {
    const path = resolveRelative(file, specifier);
    return !path.startsWith('..') || (!isShipped && path.startsWith(WORKSPACE_ROOM))
      ? []
      : [`imports ${specifier}, which is outside its package`];
  }
  if (isBuiltin(specifier)) {
    return !isShipped || mayNameNode(file, layer) ? [] : [`imports ${specifier}, allowed ${layer.node}`];
  }
  const name = packageNameOf(specifier);
  const exportsOfName = exported.get(name);
  if (exportsOfName === undefined) {
    return !isShipped || layer.foreign === 'any' || layer.foreign.includes(name)
      ? []
      : [`imports ${name}, but may import ${only(layer.foreign)} from outside`];
  }
  const subpath = `.${specifier.slice(name.length)}`;
  return [
    ...(name === source.name || layer.ours.some((pattern) => matches(pattern, name))
      ? []
      : [`imports ${name}, but may import ${only(layer.ours)} of this workspace`]),
    ...(exportsOfName.some((pattern) => matches(pattern, subpath))
      ? []
      : [`imports ${specifier}, which ${name} does not export`]),
  ];
}

function mayNameNode(file: SourceFile, { node }: Layer): boolean {
  switch (node) {
    case 'anywhere':
      return true;
    case 'nowhere':
      return false;
    case 'in files named node-*.ts':
      return basename(file.path).startsWith('node-');
    case 'where the entry . does not reach':
      // Judged by reach, over the whole package, in nodeModulesReached.
      return true;
  }
}

function nodeModulesReached({ name, files }: SourcePackage, { node }: Layer): readonly string[] {
  if (node !== 'where the entry . does not reach') {
    return [];
  }
  return reachedFrom(['src/index.ts'], files).flatMap((file) =>
    file.imports
      .filter(isBuiltin)
      .map((specifier) => `${name}/${file.path} imports ${specifier}, and the browser entry reaches it`),
  );
}

/** The files that are imported, at any depth, by the entries. Tests and what only they use are not among them. */
function reachedFrom(entries: readonly string[], files: readonly SourceFile[]): readonly SourceFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byPath.get(path);
    if (file === undefined || reached.has(path)) {
      continue;
    }
    reached.add(path);
    waiting.push(...file.imports.filter((name) => name.startsWith('.')).map((name) => resolveRelative(file, name)));
  }
  return files.filter(({ path }) => reached.has(path));
}

function spreadImports(name: string, shipped: readonly SourceFile[]): readonly string[] {
  const held = heldByOneFile[name];
  const holders = shipped.filter((file) => held !== undefined && file.imports.includes(held));
  return holders.length > 1
    ? [`${name} imports ${held} in ${holders.map(({ path }) => path).join(', ')}, but one file holds it`]
    : [];
}

function resolveRelative(file: SourceFile, specifier: string): string {
  return posix.join(dirname(file.path), specifier);
}

function only(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : `only ${names.join(', ')}`;
}
