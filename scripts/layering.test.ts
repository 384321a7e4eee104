import { dirname, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSources } from './layering/read-sources.ts';
import { type SourcePackage, violations } from './layering/violations.ts';
import { importsOf, packageNameOf } from './workspace/module-imports.ts';

describe('the layers of this workspace', () => {
  const sources = readSources();

  test('hold in every source file', () => {
    expect(violations(sources)).toEqual([]);
  });

  test('are read from sources that are there', () => {
    const published = sources.filter(({ isPrivate }) => !isPrivate).map(({ name }) => name);

    expect(published).toEqual(
      expect.arrayContaining([
        '@tyrum/client-sdk',
        '@tyrum/contracts',
        '@tyrum/gateway-core',
        '@tyrum/gateway-server',
        '@tyrum/store-sqlite',
      ]),
    );
    for (const { name, files } of sources.filter(({ isPrivate }) => !isPrivate)) {
      expect(
        files.map(({ path }) => path),
        name,
      ).toContain('src/index.ts');
    }
  });

  test('keep isomorphic-ws of the client in exactly one file', () => {
    const client = sources.find(({ name }) => name === '@tyrum/client-sdk');
    const holders = client?.files.filter(({ imports }) => imports.includes('isomorphic-ws'));

    expect(holders).toHaveLength(1);
  });
});

describe('layering reports', () => {
  const cases = [
    {
      what: 'contracts that import the core',
      file: '@tyrum/contracts/src/index.ts',
      imports: '@tyrum/gateway-core',
      because: 'imports @tyrum/gateway-core, but may import nothing of this workspace',
    },
    {
      what: 'contracts that import another library',
      file: '@tyrum/contracts/src/a.ts',
      imports: 'ajv',
      because: 'imports ajv, but may import only zod, canonicalize, zod-to-json-schema from outside',
    },
    {
      what: 'contracts that import a module of Node.js',
      file: '@tyrum/contracts/src/a.ts',
      imports: 'node:crypto',
      because: 'imports node:crypto, allowed nowhere',
    },
    {
      what: 'a core that imports the client',
      file: '@tyrum/gateway-core/src/a.ts',
      imports: '@tyrum/client-sdk',
      because: 'imports @tyrum/client-sdk, but may import only @tyrum/contracts of this workspace',
    },
    {
      what: 'a core test that imports the client',
      file: '@tyrum/gateway-core/src/a.test.ts',
      imports: '@tyrum/client-sdk',
      because: 'imports @tyrum/client-sdk, but may import only @tyrum/contracts of this workspace',
    },
    {
      what: 'a core that imports a store',
      file: '@tyrum/gateway-core/src/a.ts',
      imports: '@tyrum/store-sqlite',
      because: 'imports @tyrum/store-sqlite, but may import only @tyrum/contracts of this workspace',
    },
    {
      what: 'a core that imports another library',
      file: '@tyrum/gateway-core/src/a.ts',
      imports: 'ws',
      because: 'imports ws, but may import nothing from outside',
    },
    {
      what: 'a core that imports Node.js in any file',
      file: '@tyrum/gateway-core/src/engine/signer.ts',
      imports: 'node:crypto',
      because: 'imports node:crypto, allowed in files named node-*.ts',
    },
    {
      what: 'a core that imports Node.js without its prefix',
      file: '@tyrum/gateway-core/src/a.ts',
      imports: 'crypto',
      because: 'imports crypto, allowed in files named node-*.ts',
    },
    {
      what: 'a client that imports the core',
      file: '@tyrum/client-sdk/src/a.ts',
      imports: '@tyrum/gateway-core',
      because: 'imports @tyrum/gateway-core, but may import only @tyrum/contracts of this workspace',
    },
    {
      what: 'a client that imports ws itself',
      file: '@tyrum/client-sdk/src/a.ts',
      imports: 'ws',
      because: 'imports ws, but may import only isomorphic-ws from outside',
    },
    {
      what: 'a store that imports the server',
      file: '@tyrum/store-sqlite/src/a.ts',
      imports: '@tyrum/gateway-server',
      because:
        'imports @tyrum/gateway-server, but may import only @tyrum/contracts, @tyrum/gateway-core of this workspace',
    },
    {
      what: 'a server that imports the client',
      file: '@tyrum/gateway-server/src/a.ts',
      imports: '@tyrum/client-sdk',
      because:
        'imports @tyrum/client-sdk, but may import only @tyrum/contracts, @tyrum/gateway-core, @tyrum/store-* of this workspace',
    },
    {
      what: 'an import of what a package does not export',
      file: '@tyrum/gateway-server/src/a.ts',
      imports: '@tyrum/gateway-core/engine',
      because: 'imports @tyrum/gateway-core/engine, which @tyrum/gateway-core does not export',
    },
    {
      what: 'an import of what an export with a star does not name',
      file: '@tyrum/conformance/src/a.ts',
      imports: '@tyrum/contracts/revisions/0002.ts',
      because: 'imports @tyrum/contracts/revisions/0002.ts, which @tyrum/contracts does not export',
    },
    {
      what: 'an example that imports what a package does not export',
      file: 'quickstart/server.ts',
      imports: '@tyrum/contracts/src/index.ts',
      because: 'imports @tyrum/contracts/src/index.ts, which @tyrum/contracts does not export',
    },
    {
      what: 'an import of files beside the package',
      file: '@tyrum/conformance/src/a.ts',
      imports: '../../gateway-core/src/index.ts',
      because: 'imports ../../gateway-core/src/index.ts, which is outside its package',
    },
    {
      what: 'what tests share, in what ships',
      file: '@tyrum/contracts/src/index.ts',
      imports: '../../../scripts/workspace/run-command.ts',
      because: 'imports ../../../scripts/workspace/run-command.ts, which is outside its package',
    },
  ];

  for (const { what, file, imports, because } of cases) {
    test(what, () => {
      const name = packageNameOf(file);

      const found = violations(workspaceWith(name, { [file.slice(name.length + 1)]: [imports] }));

      expect(found).toEqual([`${file} ${because}`]);
    });
  }

  test('a browser entry that reaches a module of Node.js through another file', () => {
    const found = violations(
      workspaceWith('@tyrum/client-sdk', {
        'src/index.ts': ['./key.ts'],
        'src/key.ts': ['./node/file.ts'],
        'src/node/file.ts': ['node:fs'],
      }),
    );

    expect(found).toEqual(['@tyrum/client-sdk/src/node/file.ts imports node:fs, and the browser entry reaches it']);
  });

  test('a second file of the client that imports isomorphic-ws', () => {
    const found = violations(
      workspaceWith('@tyrum/client-sdk', { 'src/a.ts': ['isomorphic-ws'], 'src/b.ts': ['isomorphic-ws'] }),
    );

    expect(found).toEqual(['@tyrum/client-sdk imports isomorphic-ws in src/a.ts, src/b.ts, but one file holds it']);
  });

  test('a published package that nobody gave a layer', () => {
    const found = violations([{ name: '@tyrum/new', isPrivate: false, exports: ['.'], entries: [], files: [] }]);

    expect(found).toEqual(['@tyrum/new has no layer: say in scripts/layering/layers.ts what it may import']);
  });
});

describe('layering accepts', () => {
  test.each([
    ['contracts that import zod', '@tyrum/contracts', { 'src/index.ts': ['zod', './a.ts'] }],
    [
      'a core adapter for Node.js',
      '@tyrum/gateway-core',
      { 'src/ports/node-clock.ts': ['node:timers', '@tyrum/contracts'] },
    ],
    [
      'tools in tests and in what only tests use',
      '@tyrum/contracts',
      {
        'src/index.ts': [],
        'src/a.test.ts': ['vitest', 'node:fs', './support/b.ts', '../../../scripts/workspace/run-command.ts'],
        'src/support/b.ts': ['node:fs', 'ajv'],
      },
    ],
    [
      'Node.js in a client file that only ./node reaches',
      '@tyrum/client-sdk',
      { 'src/index.ts': [], 'src/node.ts': ['./node/file.ts'], 'src/node/file.ts': ['node:fs'] },
    ],
    [
      'a store over the core',
      '@tyrum/store-sqlite',
      { 'src/index.ts': ['@tyrum/gateway-core/testing', 'better-sqlite3', 'node:fs'] },
    ],
    [
      'a server over everything on its side',
      '@tyrum/gateway-server',
      { 'src/index.ts': ['@tyrum/store-sqlite', '@tyrum/gateway-core', 'ws'] },
    ],
    [
      'a suite that sees both sides',
      '@tyrum/conformance',
      { 'src/a.test.ts': ['@tyrum/client-sdk', '@tyrum/gateway-server'] },
    ],
  ])('%s', (_, name, files) => {
    expect(violations(workspaceWith(name, files))).toEqual([]);
  });
});

describe('the reader of imports', () => {
  test('finds every form and no text that only looks like one', () => {
    const text = `
      import a from 'a'; import type { B } from 'b'; export { c } from './c.ts'; export type { D } from 'd';
      import 'e'; const f = await import('f'); type G = import('g').G; const h = require('h');
      // import 'comment'
      const text = "import 'string'";
    `;

    expect(importsOf(text)).toEqual(['a', 'b', './c.ts', 'd', 'e', 'f', 'g', 'h']);
  });
});

/** A workspace of the usual packages, empty but for the given files of one of them; those that no file imports are its entries. */
function workspaceWith(name: string, files: Readonly<Record<string, readonly string[]>>): readonly SourcePackage[] {
  const exportsByName: Readonly<Record<string, readonly string[]>> = {
    '@tyrum/contracts': ['.', './revisions/*.json'],
    '@tyrum/gateway-core': ['.', './testing'],
    '@tyrum/client-sdk': ['.', './node'],
    '@tyrum/gateway-server': ['.'],
    '@tyrum/store-sqlite': ['.'],
    '@tyrum/conformance': [],
    quickstart: [],
  };
  const imported = Object.entries(files).flatMap(([path, imports]) =>
    imports.map((to) => posix.join(dirname(path), to)),
  );
  const entries = Object.keys(files).filter((path) => !path.endsWith('.test.ts') && !imported.includes(path));
  return Object.entries(exportsByName).map(([packageName, exports]) => ({
    name: packageName,
    isPrivate: exports.length === 0,
    exports,
    entries: packageName === name ? entries : [],
    files: packageName === name ? Object.entries(files).map(([path, imports]) => ({ path, imports })) : [],
  }));
}
