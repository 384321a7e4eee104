import { defineConfig } from 'vitest/config';

const conditions = ['@tyrum/source', 'module', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/{src,test}/**/*.test.ts', 'examples/*/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Far above what any test takes: a machine that does other things too must not make one fail.
    testTimeout: 90_000,
    // A thread starts in half the time of a process, which is most of what a short run costs.
    pool: 'threads',
    maxWorkers: '100%',
    // Test files share no state, so they may share a thread: loading the contract again for each is half of the run.
    isolate: false,
    reporters: ['default', './scripts/count-reporter.ts'],
  },
});
