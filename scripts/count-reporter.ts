import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Ends every run with a line that a program can read: `12 passed, 0 failed`, and before it `3 skipped` where tests were, with the
 * reasons that titles give as `(skipped: …)`.
 * A file that does not load and an error outside any test are failures too.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const brokenSuites = modules.flatMap((module) => [module, ...module.children.allSuites()]).filter(hasOwnErrors);
    const failed = count('failed') + brokenSuites.length + unhandledErrors.length;
    const skipped = count('skipped');

    const lines = [
      ...reasons(modules),
      ...(skipped === 0 ? [] : [`${skipped} skipped`]),
      `${count('passed')} passed, ${failed} failed`,
    ];
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}

function hasOwnErrors(suite: { errors(): readonly unknown[] }): boolean {
  return suite.errors().length > 0;
}

function reasons(modules: readonly TestModule[]): readonly string[] {
  const titles = modules.flatMap((module) => [...module.children.allSuites()]).map(({ name }) => name);
  const said = titles.flatMap((title) => /\(skipped: (.+)\)$/.exec(title)?.[1] ?? []);
  return [...new Set(said)].map((reason) => `skipped: ${reason}`);
}
