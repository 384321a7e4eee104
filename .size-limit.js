/** The whole browser client with the whole contract, from source, as a bundler would ship it. */
export default [
  {
    name: '@tyrum/client-sdk for browsers',
    path: 'packages/client-sdk/src/index.ts',
    limit: '40 kB',
    gzip: true,
    modifyEsbuildConfig: (options) => ({
      ...options,
      conditions: ['@tyrum/source'],
      format: 'esm',
      platform: 'browser',
    }),
  },
];
