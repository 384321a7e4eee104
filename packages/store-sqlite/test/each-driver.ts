import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { type DriverName, loadDriver } from '../src/driver.ts';

const names: readonly DriverName[] = ['node', 'better'];

const drivers = await Promise.all(
  names.map(async (name) => {
    const missing = await loadDriver(name).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { name, missing };
  }),
);

/** Describes a subject once per driver; one that this Node cannot load is skipped, and its title says why. */
export function describeEachDriver(subject: string, body: (driver: DriverName) => void): void {
  for (const { name, missing } of drivers) {
    const title = `${subject} with the driver ${name}`;
    describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title} (skipped: ${missing})`, () =>
      body(name),
    );
  }
}

/** A directory that is removed when the running test has finished. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tyrum-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}
