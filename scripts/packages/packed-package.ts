import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../workspace/run-command.ts';
import { type Manifest, readManifest, type WorkspacePackage } from '../workspace/workspace-packages.ts';

/** A package as a user receives it: its tarball, and the same files unpacked where Node.js finds them. */
export interface PackedPackage {
  /** The directory in this workspace that it was packed from. */
  readonly source: string;
  readonly tarball: string;
  /** Where the tarball is unpacked, inside `node_modules` of the consumer. */
  readonly directory: string;
  /** The manifest inside the tarball. */
  readonly manifest: Manifest;
  /** Every path in the tarball. */
  readonly files: readonly string[];
  readonly tarballBytes: number;
}

/**
 * Packs a package with pnpm, as publishing does, and unpacks it into the `node_modules` of the consumer.
 *
 * @throws when pnpm or tar fails, with what they printed
 */
export async function packInto(consumer: string, { directory, manifest }: WorkspacePackage): Promise<PackedPackage> {
  const tarball = join(consumer, `${manifest.name.replace('@', '').replace('/', '-')}.tgz`);
  const packed = await succeed('pnpm', ['--silent', 'pack', '--json', '--out', tarball], directory);
  const { size, files } = JSON.parse(packed.slice(packed.indexOf('{'))) as {
    readonly size: number;
    readonly files: readonly { readonly path: string }[];
  };

  const target = join(consumer, 'node_modules', manifest.name);
  mkdirSync(target, { recursive: true });
  await succeed('tar', ['-xzf', tarball, '--strip-components=1', '-C', target], consumer);

  return {
    source: directory,
    tarball,
    directory: target,
    manifest: readManifest(join(target, 'package.json')),
    files: files.map(({ path }) => path),
    tarballBytes: size,
  };
}

async function succeed(program: string, parameters: readonly string[], directory: string): Promise<string> {
  const { code, output } = await runCommand(program, parameters, { directory });
  if (code !== 0) {
    throw new Error(`${program} ${parameters.join(' ')} failed in ${directory}:\n${output}`);
  }
  return output;
}
