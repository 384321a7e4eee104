import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageSizes, withSizes } from './browser/package-sizes.ts';
import { workspaceRoot } from './workspace/workspace-packages.ts';

/** Writes what each published package takes today into the packages table of the README. */
const path = join(workspaceRoot, 'README.md');
const sizes = await packageSizes();
writeFileSync(path, withSizes(readFileSync(path, 'utf8'), sizes));
for (const [name, bytes] of sizes) console.log(`${name.padEnd(24)} ${(bytes / 1000).toFixed(1)} kB`);
