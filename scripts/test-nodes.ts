import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runCommand } from './workspace/run-command.ts';
import { workspaceRoot } from './workspace/workspace-packages.ts';

/** The releases that the suite must pass on; the one that runs this script stands in for its own major. */
const releases = ['20.20.2', '22.23.3', '24.9.0', '26.9.0'];

const cache = join(workspaceRoot, 'node_modules/.cache/nodes');

interface Outcome {
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly sound: boolean;
}

/** Runs the suite on every release in turn, then prints one row for each. Ends with 1 unless all of them pass. */
async function testNodes(): Promise<boolean> {
  const outcomes: Outcome[] = [];
  for (const release of releases) {
    outcomes.push(await testOn(release));
  }
  console.table(Object.fromEntries(outcomes.map(({ version, sound: _, ...counts }) => [`Node ${version}`, counts])));
  return outcomes.every(({ sound }) => sound);
}

async function testOn(release: string): Promise<Outcome> {
  const node = await nodeBinary(release);
  const { output: version } = await runCommand(node, ['-p', 'process.versions.node']);
  const started = performance.now();
  const { code, output } = await runCommand(node, [join(workspaceRoot, 'node_modules/vitest/vitest.mjs'), 'run'], {
    directory: workspaceRoot,
    timeoutMs: 15 * 60_000,
    // Programs that a test starts by the name `node` are that release too.
    environment: { ...process.env, NO_COLOR: '1', PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
  });
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const [, passed = Number.NaN, failed = Number.NaN] = (/^(\d+) passed, (\d+) failed$/m.exec(output) ?? []).map(Number);
  const [, skipped = 0] = (/^(\d+) skipped$/m.exec(output) ?? []).map(Number);

  console.log(`Node ${version.trim()}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
  if (code !== 0) {
    console.log(output);
  }
  return { version: version.trim(), passed, failed, skipped, seconds, sound: code === 0 };
}

/** The program of a release, fetched once from npm, which carries Node.js itself for every platform. */
async function nodeBinary(release: string): Promise<string> {
  if (release.split('.')[0] === process.versions.node.split('.')[0]) {
    return process.execPath;
  }
  const name = `node-${process.platform}-${process.arch}`;
  const directory = join(cache, release);
  const binary = join(directory, 'node_modules', name, 'bin/node');
  if (!existsSync(binary)) {
    mkdirSync(directory, { recursive: true });
    const { code, output } = await runCommand('npm', [
      'install',
      '--prefix',
      directory,
      '--no-save',
      '--no-audit',
      '--no-fund',
      `${name}@${release}`,
    ]);
    if (code !== 0) {
      throw new Error(`npm could not fetch ${name}@${release}:\n${output}`);
    }
  }
  return binary;
}

process.exitCode = (await testNodes()) ? 0 : 1;
