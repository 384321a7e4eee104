/** What a package may import beside its own files. `foreign` and `node` bind what it ships, `ours` its tests too. */
export interface Layer {
  /** Packages of this workspace. */
  readonly ours: readonly string[];
  /** Packages from outside, or `any` where knip alone watches them. */
  readonly foreign: readonly string[] | 'any';
  /** Where a module of Node.js may be imported. */
  readonly node: 'anywhere' | 'nowhere' | 'in files named node-*.ts' | 'where the entry . does not reach';
}

const contracts = '@tyrum/contracts';
const core = '@tyrum/gateway-core';
const client = '@tyrum/client-sdk';
const server = '@tyrum/gateway-server';

/** The one direction in which this workspace imports: contracts at the bottom, then core and client, then what wires them. */
const layers: Readonly<Record<string, Layer>> = {
  [contracts]: { ours: [], foreign: ['zod', 'canonicalize', 'zod-to-json-schema'], node: 'nowhere' },
  [core]: { ours: [contracts], foreign: [], node: 'in files named node-*.ts' },
  [client]: { ours: [contracts], foreign: ['isomorphic-ws'], node: 'where the entry . does not reach' },
  '@tyrum/store-*': { ours: [contracts, core], foreign: 'any', node: 'anywhere' },
  [server]: { ours: [contracts, core, '@tyrum/store-*'], foreign: 'any', node: 'anywhere' },
};

/** Suites and examples stand on both sides of the wire. */
const above: Layer = { ours: [contracts, core, client, server, '@tyrum/store-*'], foreign: 'any', node: 'anywhere' };

/** Imports that one file holds for its whole package. */
export const heldByOneFile: Readonly<Record<string, string>> = { [client]: 'isomorphic-ws' };

/** The layer of a package: its own, that of its family (`@tyrum/store-*`), or the top for a package that is never published. */
export function layerOf(name: string, isPrivate: boolean): Layer | undefined {
  if (isPrivate) {
    return above;
  }
  const key = Object.keys(layers).find((pattern) => matches(pattern, name));
  return key === undefined ? undefined : layers[key];
}

/** Whether a name is meant by a pattern, in which a `*` stands for anything. */
export function matches(pattern: string, name: string): boolean {
  const [start = '', end] = pattern.split('*');
  return end === undefined
    ? name === pattern
    : name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}
