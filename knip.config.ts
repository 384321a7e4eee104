import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  ignoreExportsUsedInFile: { interface: true, type: true },
  ignoreIssues: {
    // The contract takes each family of operations and events as a whole module, so no member is named one by one.
    'packages/contracts/src/{operations,events}/*.ts': ['exports'],
    // A schema and its type are one name, and often only one of the two is used elsewhere.
    'packages/contracts/src/schemas/*.ts': ['exports'],
    // Contracts of tests, taken as whole modules too.
    'packages/gateway-core/src/testing/probe-*.ts': ['exports'],
    'packages/simulation/src/contract/*.ts': ['exports'],
  },
  workspaces: {
    '.': {
      // A file directly in scripts is a program; what programs share is one folder down.
      entry: ['scripts/*.ts'],
      project: ['*.ts', 'scripts/**/*.ts'],
      // The package check starts it as a program.
      ignoreDependencies: ['@arethetypeswrong/cli'],
    },
    'packages/*': { project: ['**/*.ts'] },
    'packages/contracts': {
      entry: ['test/readme/*.ts'],
      project: ['**/*.ts'],
    },
    'packages/store-sqlite': {
      entry: ['test/programs/*.ts'],
      project: ['**/*.ts'],
      // A full disk is a small file system of its own, where the system lets the test make one.
      ignoreBinaries: ['mount', 'umount'],
    },
    'packages/client-sdk': { entry: ['test/readme-*.ts'], project: ['**/*.ts'] },
    // Programs that are started by their path, and the gateway whose command they start.
    'packages/torture': {
      entry: ['src/*-process.ts'],
      project: ['**/*.ts'],
      ignoreDependencies: ['@tyrum/gateway-server'],
    },
    // Programs that are compiled and started by their path.
    'packages/benchmark': { entry: ['src/programs/*.ts'], project: ['**/*.ts'], ignoreBinaries: ['taskset'] },
    'examples/quickstart': { entry: ['*.ts'], project: ['**/*.ts'], ignoreDependencies: ['@tyrum/gateway-server'] },
    'examples/*': { entry: ['*.ts'], project: ['**/*.ts'] },
  },
};

export default config;
