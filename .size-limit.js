import { browserBuild } from './scripts/browser/bundle.ts';

/**
 * The client as a bundler ships it to a browser, with everything that its entry exports. Ceilings are today's sizes, so that
 * growth is seen; the whole contract never takes more than 32 kB.
 */
export default [
  {
    name: '@tyrum/client-sdk with the whole contract',
    path: 'packages/client-sdk/src/index.ts',
    limit: '29 kB',
    gzip: true,
    modifyEsbuildConfig: (options) => ({ ...options, ...browserBuild() }),
  },
];
