import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { importsOf, isBuiltin, packageNameOf } from '../workspace/module-imports.ts';
import { runCommand } from '../workspace/run-command.ts';
import { workspaceRoot } from '../workspace/workspace-packages.ts';
import type { PackedPackage } from './packed-package.ts';

/** What is wrong with the tarball itself: its manifest, its files, its types and what its code imports. */
export async function tarballComplaints(packed: PackedPackage): Promise<readonly string[]> {
  return [
    ...contentComplaints(packed),
    ...undeclaredImports(packed),
    ...(await publintComplaints(packed)),
    ...(await typesComplaints(packed)),
  ];
}

function contentComplaints({ files, manifest }: PackedPackage): readonly string[] {
  const sources = files.filter((path) => path.startsWith('src/') || /(?<!\.d)\.[cm]?ts$/.test(path));
  return [
    ...(JSON.stringify(manifest.exports).includes('@tyrum/source') ? ['exports name the condition @tyrum/source'] : []),
    ...(JSON.stringify(manifest).includes('"workspace:') ? ['the manifest names a workspace: version'] : []),
    ...sources.map((path) => `${path} is a source file`),
    ...(files.includes('LICENSE') ? [] : ['LICENSE is missing']),
  ];
}

function undeclaredImports({ manifest, files, directory }: PackedPackage): readonly string[] {
  const declared = new Set([
    manifest.name,
    ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }),
  ]);
  return files
    .filter((path) => /\.[cm]?[jt]s$/.test(path))
    .flatMap((path) =>
      importsOf(readFileSync(join(directory, path), 'utf8'))
        .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
        .filter((specifier) => !declared.has(packageNameOf(specifier)))
        .map((specifier) => `${path} imports ${specifier}, which the manifest does not declare`),
    );
}

async function publintComplaints({ tarball }: PackedPackage): Promise<readonly string[]> {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer },
    strict: true,
  });
  return messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
}

async function typesComplaints({ tarball }: PackedPackage): Promise<readonly string[]> {
  const attw = join(workspaceRoot, 'node_modules', '.bin', 'attw');
  const { code, output } = await runCommand(attw, [tarball, '--profile', 'node16', '--no-emoji', '--no-color']);
  return code === 0 ? [] : [`attw:\n${output.trim()}`];
}
