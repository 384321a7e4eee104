import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spokenModules } from '../artefacts/spoken/spoken-modules.ts';
import type { Definition, RequestDefinition } from '../define/operation.ts';
import { tyrum } from '../tyrum.ts';
import { spokenTyrum } from './spoken-tyrum.ts';
import { trustingTyrum } from './trusting-tyrum.ts';

describe('the contract as a peer speaks it', () => {
  it.each(Object.entries(spokenModules(tyrum)))('is what `pnpm lock-revision` writes today: %s', (name, text) => {
    expect(readFileSync(new URL(name, import.meta.url), 'utf8')).toBe(text);
  });

  it.each(tyrum.served)('says of each request and event what its definition says, revision %i', (revision) => {
    const [view, spoken] = [tyrum.at(revision), spokenTyrum.at(revision)];

    expect(facts(spoken.requests)).toEqual(facts(view.requests));
    expect(facts(spoken.events)).toEqual(facts(view.events));
  });

  it('is the one that peers agree on', () => {
    const { hashes, served } = tyrum;

    expect(spokenTyrum).toMatchObject({ name: 'tyrum', hashes, served, extensions: [] });
    expect(trustingTyrum).toMatchObject({ name: 'tyrum', hashes, served: [3], extensions: [] });
  });

  it('has no revision that it does not serve', () => {
    expect(() => spokenTyrum.at(1)).toThrow(new RangeError('contract tyrum does not serve revision 1'));
  });
});

describe('the contract as a peer speaks it that trusts the other side', () => {
  it.each(trustingTyrum.served)(
    'has the effect of every request and the keeping of every event, revision %i',
    (revision) => {
      const { requests, events } = trustingTyrum.at(revision);

      for (const [type, { definition }] of tyrum.at(revision).requests) {
        const known = definition.direction === 'to_peer' ? undefined : requests.get(type)?.definition.effect;
        expect(known ?? definition.effect, type).toBe(definition.effect);
      }
      for (const [type, { definition }] of tyrum.at(revision).events) {
        expect(events.get(type)?.definition.kept === 'ephemeral', type).toBe(definition.kept === 'ephemeral');
      }
    },
  );

  it('takes everything as it comes, and an unheard-of request for one that may have an effect', () => {
    const odd = { nobody: ['knows', 'this'] };
    const { requests, events } = trustingTyrum.at(3);
    const request = requests.get('moon.rise');

    expect(request?.definition.effect).toBe('once');
    expect(request?.readPayload(odd)).toEqual({ fits: true, value: odd });
    expect(request?.readResult?.(odd)).toEqual({ fits: true, value: odd });
    expect(events.get('turn.queued')?.readPayload(odd)).toEqual({ fits: true, value: odd });
  });
});

/** What a peer knows of each definition, in the order of their types. */
function facts(view: ReadonlyMap<string, { readonly definition: object }>) {
  return [...view]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { definition }]) => {
      const { kind, type, since, ...said } = definition as Definition;
      const { direction, roles, effect } = 'kept' in said ? ({} as Partial<RequestDefinition>) : said;
      return [key, { kind, type, since, direction, roles, effect, kept: 'kept' in said ? said.kept : undefined }];
    });
}
