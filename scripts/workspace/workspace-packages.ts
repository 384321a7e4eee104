import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One value of a conditional export: a file, or files by condition. */
export type ExportTarget = string | { readonly [condition: string]: ExportTarget };

/** The parts of a package.json that the scripts read. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, ExportTarget>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access?: string; readonly exports?: Readonly<Record<string, ExportTarget>> };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package of this workspace, by its absolute directory. */
export interface WorkspacePackage {
  readonly directory: string;
  readonly manifest: Manifest;
}

export const workspaceRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Every package below `packages` and `examples`, in the order of their directories. */
export function workspacePackages(root: string = workspaceRoot): readonly WorkspacePackage[] {
  return ['packages', 'examples']
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .sort()
        .map((name) => join(folder, name)),
    )
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => ({ directory, manifest: readManifest(join(directory, 'package.json')) }));
}

/** Reads a package.json. */
export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}
