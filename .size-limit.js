import { existsSync } from 'node:fs';
import { browserBuild } from './scripts/browser/bundle.ts';

/**
 * The client as a bundler ships it to a browser, with everything that an entry exports. Ceilings are a little above today's
 * sizes, so that growth is seen; the whole contract never takes more than 32 kB.
 */
const entries = [
  { name: '@tyrum/client-sdk with the whole contract', file: 'index', limit: '29 kB' },
  { name: '@tyrum/client-sdk/trusting', file: 'trusting', limit: '19.5 kB' },
];

const fromSource = entries.map(({ name, file, limit }) => ({
  name,
  path: `packages/client-sdk/src/${file}.ts`,
  limit,
  gzip: true,
  modifyEsbuildConfig: (options) => ({ ...options, ...browserBuild() }),
}));

/** The same as it is published, where it has been built. */
const published = entries.map(({ name, file, limit }) => ({
  name: `${name}, as it is published`,
  path: `packages/client-sdk/dist/${file}.js`,
  limit,
  gzip: true,
  modifyEsbuildConfig: (options) => ({ ...options, platform: 'browser', format: 'esm' }),
}));

export default [...fromSource, ...published.filter(({ path }) => existsSync(path))];
