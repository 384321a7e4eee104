import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spokenModules } from '../artefacts/spoken/spoken-modules.ts';
import type { Definition } from '../define/operation.ts';
import { tyrum } from '../tyrum.ts';
import { spokenTyrum } from './spoken-tyrum.ts';
import { trustingTyrum } from './trusting-tyrum.ts';

const each = [
  { how: 'checked', spoken: spokenTyrum },
  { how: 'trusted', spoken: trustingTyrum },
];

describe('the contract as a peer speaks it', () => {
  it.each(Object.entries(spokenModules(tyrum)))('is what `pnpm lock-revision` writes today: %s', (name, text) => {
    expect(readFileSync(new URL(name, import.meta.url), 'utf8')).toBe(text);
  });

  it.each(each)('says of each request and event what its definition says ($how)', ({ spoken }) => {
    expect(spoken).toMatchObject({ name: 'tyrum', served: tyrum.served, hashes: tyrum.hashes, extensions: [] });
    for (const revision of tyrum.served) {
      const [view, other] = [tyrum.at(revision), spoken.at(revision)];
      expect(facts(other.requests)).toEqual(facts(view.requests));
      expect(facts(other.events)).toEqual(facts(view.events));
    }
    expect(() => spoken.at(1)).toThrow('contract tyrum does not serve revision 1');
  });

  it.each(tyrum.served)('takes everything as it comes where it trusts, revision %i', (revision) => {
    const odd = { nobody: ['knows', 'this'] };
    const { requests, events } = trustingTyrum.at(revision);

    for (const { readPayload } of [...requests.values(), ...events.values()])
      expect(readPayload(odd)).toEqual({ fits: true, value: odd });
    for (const [type, { readResult }] of requests) {
      expect(readResult === undefined, type).toBe(tyrum.at(revision).requests.get(type)?.readResult === undefined);
      expect(readResult?.(odd) ?? odd).toEqual(readResult === undefined ? odd : { fits: true, value: odd });
    }
  });
});

/** What a peer knows of each definition, in the order of their types. */
function facts(view: ReadonlyMap<string, { readonly definition: object }>) {
  return [...view]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { definition }]) => {
      const { kind, type, since, ...said } = definition as Definition;
      const known =
        'kept' in said ? { kept: said.kept } : { direction: said.direction, roles: said.roles, effect: said.effect };
      return [key, { kind, type, since, ...known }];
    });
}
