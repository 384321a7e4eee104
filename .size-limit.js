import { browserBuild } from './scripts/browser/bundle.ts';

/**
 * The client as a bundler ships it to a browser, with everything that an entry exports. Ceilings are a little above today's
 * sizes, so that growth is seen; the whole contract never takes more than 32 kB.
 */
const entries = [
  { name: '@tyrum/client-sdk with the whole contract', path: 'packages/client-sdk/src/index.ts', limit: '29 kB' },
  { name: '@tyrum/client-sdk/trusting', path: 'packages/client-sdk/src/trusting.ts', limit: '19 kB' },
];

export default entries.map((entry) => ({
  ...entry,
  gzip: true,
  modifyEsbuildConfig: (options) => ({ ...options, ...browserBuild() }),
}));
