import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declarationComplaints, linkForeignPackages, loadingComplaints } from './packages/consumer-complaints.ts';
import { type PackedPackage, packInto } from './packages/packed-package.ts';
import { tarballComplaints } from './packages/tarball-complaints.ts';
import { runCommand } from './workspace/run-command.ts';
import { workspacePackages, workspaceRoot } from './workspace/workspace-packages.ts';

/**
 * Builds and packs every publishable package and looks at the tarballs as a user would, without the network. Prints one
 * line per package; ends with 1 when anything is wrong. With `--built` it takes `dist` as it is.
 */
async function checkPackages(): Promise<boolean> {
  if (!process.argv.includes('--built')) {
    const build = await runCommand('pnpm', ['run', 'build'], { directory: workspaceRoot });
    if (build.code !== 0) {
      console.error(`FAILED  the build\n${build.output}`);
      return false;
    }
  }

  const consumer = realpathSync(mkdtempSync(join(tmpdir(), 'packed-')));
  try {
    return await checkIn(consumer);
  } finally {
    rmSync(consumer, { recursive: true, force: true });
  }
}

async function checkIn(consumer: string): Promise<boolean> {
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  const publishable = workspacePackages().filter(({ manifest }) => manifest.private !== true);
  const packages: PackedPackage[] = [];
  for (const workspacePackage of publishable) {
    packages.push(await packInto(consumer, workspacePackage));
  }
  linkForeignPackages(consumer, packages);

  let sound = true;
  for (const packed of packages) {
    const complaints = [...(await tarballComplaints(packed)), ...(await loadingComplaints(consumer, packed))];
    sound = report(packed, complaints) && sound;
  }
  const unreadable = declarationComplaints(consumer, packages);
  for (const complaint of unreadable) {
    console.error(`FAILED  ${complaint}`);
  }
  return sound && unreadable.length === 0;
}

function report({ manifest, files, tarballBytes }: PackedPackage, complaints: readonly string[]): boolean {
  const name = manifest.name.padEnd(24);
  if (complaints.length === 0) {
    const exports = Object.keys(manifest.exports ?? {}).length;
    console.log(`ok      ${name} ${(tarballBytes / 1000).toFixed(1)} kB, ${files.length} files, ${exports} exports`);
    return true;
  }
  console.error(`FAILED  ${name}`);
  for (const complaint of complaints) {
    console.error(`        ${complaint.replaceAll('\n', '\n        ')}`);
  }
  return false;
}

process.exitCode = (await checkPackages()) ? 0 : 1;
