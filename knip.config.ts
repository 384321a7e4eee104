import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  // The contract takes each family of operations and events as a whole module, so no member is named one by one.
  ignoreIssues: { 'packages/contracts/src/{operations,events}/*.ts': ['exports'] },
  ignoreExportsUsedInFile: { interface: true, type: true },
  workspaces: {
    // A file beside the configuration of scripts is a program; what programs share is one folder down.
    '.': {
      entry: ['scripts/*.ts'],
      project: ['*.ts', 'scripts/**/*.ts'],
      // The package check starts it as a program.
      ignoreDependencies: ['@arethetypeswrong/cli'],
    },
    'packages/*': { project: ['**/*.ts'] },
    // A peer only because what these packages give out is typed by the contract; nothing in them names it.
    'packages/gateway-server': { project: ['**/*.ts'], ignoreDependencies: ['zod'] },
    'packages/store-sqlite': { project: ['**/*.ts'], ignoreDependencies: ['zod'] },
    'examples/*': { entry: ['*.ts'], project: ['**/*.ts'] },
  },
};

export default config;
