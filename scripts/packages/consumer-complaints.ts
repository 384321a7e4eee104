import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { runCommand } from '../workspace/run-command.ts';
import { workspaceRoot } from '../workspace/workspace-packages.ts';
import type { PackedPackage } from './packed-package.ts';

/** Links what the packages need from outside into the consumer, from what this workspace has installed. */
export function linkForeignPackages(consumer: string, packages: readonly PackedPackage[]): void {
  const ours = new Set(packages.map(({ manifest }) => manifest.name));
  for (const { source, manifest } of packages) {
    const needed = Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    });
    for (const name of needed.filter((candidate) => !ours.has(candidate))) {
      link(join(source, 'node_modules', name), join(consumer, 'node_modules', name));
    }
  }
  link(join(workspaceRoot, 'node_modules/@types/node'), join(consumer, 'node_modules/@types/node'));
}

function link(from: string, to: string): void {
  // An optional dependency may be absent where it could not be compiled.
  if (existsSync(from) && !existsSync(to)) {
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(realpathSync(from), to);
  }
}

/** What goes wrong when a user loads the package: each export by `import` and by `require`, and each of its commands. */
export async function loadingComplaints(consumer: string, packed: PackedPackage): Promise<readonly string[]> {
  const loaded = await Promise.all(
    codeExports(packed).map(async (specifier) => {
      const [imported, required] = await Promise.all([
        namesOf(consumer, ['--input-type=module', '-e', `report(await import('${specifier}'))`]),
        namesOf(consumer, ['--input-type=commonjs', '-e', `report(require('${specifier}'))`]),
      ]);
      return imported === required || failed(imported) || failed(required)
        ? [imported, required].filter(failed)
        : [`${specifier} exports ${imported} to import, but ${required} to require`];
    }),
  );
  const commands = Object.entries(packed.manifest.bin ?? {}).map(async ([name, path]) => {
    const { code, output } = await runCommand(join(packed.directory, path), ['--help'], {
      directory: consumer,
      timeoutMs: 30_000,
    });
    return code === 0 ? [] : [`${name} --help ends with ${code}:\n${output.trim()}`];
  });
  return [...loaded, ...(await Promise.all(commands))].flat();
}

const reporter = `const report = (module) => console.log(Object.keys(module).filter((name) => name !== 'default').sort().join());`;

async function namesOf(consumer: string, [mode = '', flag = '', script = '']: readonly string[]): Promise<string> {
  const { code, output } = await runCommand(process.execPath, [mode, flag, reporter + script], { directory: consumer });
  return code === 0 ? output.trim() : `${script} fails:\n${output.trim()}`;
}

function failed(names: string): boolean {
  return names.includes(' fails:');
}

/**
 * Where the declarations of the packages do not compile for a user who checks libraries too, as a module and as
 * CommonJS. One program for all packages, because most of its cost is shared.
 */
export function declarationComplaints(consumer: string, packages: readonly PackedPackage[]): readonly string[] {
  const roots = ['mts', 'cts'].map((extension) => {
    const path = join(consumer, `consumer.${extension}`);
    const specifiers = packages.flatMap(codeExports);
    writeFileSync(path, specifiers.map((name, index) => `export * as export${index} from '${name}';\n`).join(''));
    return path;
  });
  const program = ts.createProgram(roots, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true,
    preserveSymlinks: false,
    typeRoots: [join(consumer, 'node_modules/@types')],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file === undefined || isOurs(file.fileName, consumer))
    .map((diagnostic) =>
      ts
        .formatDiagnostic(diagnostic, {
          getCanonicalFileName: (name) => name,
          getCurrentDirectory: () => consumer,
          getNewLine: () => '\n',
        })
        .trim(),
    );
}

function isOurs(fileName: string, consumer: string): boolean {
  return fileName.startsWith(realpathSync(consumer)) || fileName.startsWith(consumer);
}

function codeExports({ manifest }: PackedPackage): readonly string[] {
  return Object.entries(manifest.exports ?? {})
    .filter(([, target]) => typeof target !== 'string')
    .map(([subpath]) => manifest.name + subpath.slice(1));
}
