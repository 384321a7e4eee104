import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../packages/contracts/src/artefacts/json.ts';
import * as full from '../../packages/contracts/src/artefacts.ts';
import type { Reading } from '../../packages/contracts/src/define/read-as.ts';
import { tyrum } from '../../packages/contracts/src/tyrum.ts';
import { mutated, valuesOf } from '../../packages/contracts/test/wire-values.ts';
import { bundleForBrowsers } from './bundle.ts';

type Built = typeof import('../../packages/contracts/src/index.ts') &
  typeof import('../../packages/contracts/src/artefacts.ts') &
  typeof import('../../packages/contracts/src/spoken.ts');

describe('the contract as it is built for browsers', () => {
  let built: Built;
  beforeAll(async () => {
    const { text } = await bundleForBrowsers(
      `export * from './packages/contracts/src/index.ts'; export * from './packages/contracts/src/artefacts.ts'; export * from './packages/contracts/src/spoken.ts';`,
    );
    built = await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
  });

  it('has no prose, and says so where prose is asked for', () => {
    for (const { summary, example } of built.tyrum.definitions)
      expect([summary, example]).toEqual([undefined, undefined]);
    expect(() => built.describeCatalog(built.tyrum)).toThrow(
      'has no prose: this is the contract as it is built for browsers',
    );
  });

  it.each(tyrum.served)('is the same contract at revision %i: the same artefact, hence the same hash', (revision) => {
    expect(built.describeRevision(built.tyrum, revision)).toEqual(full.describeRevision(tyrum, revision));
    expect(built.tyrum.hashes).toEqual(tyrum.hashes);
  });

  it.each(tyrum.served)(
    'reads every message of revision %i as the whole one does',
    { timeout: 60_000 },
    async (revision) => {
      const artefact = full.describeRevision(tyrum, revision);
      const follow = (reference: string) => artefact.$defs[reference.replace('#/$defs/', '')] as JsonObject;
      const [one, other, spoken] = [tyrum.at(revision), built.tyrum.at(revision), built.spokenTyrum.at(revision)];
      const readers = [...one.requests].flatMap(([type, { readPayload, readResult }]) => [
        {
          name: `${type} payload`,
          schema: artefact.requests[type]?.payload,
          read: readPayload,
          as: other.requests.get(type)?.readPayload,
          spoken: spoken.requests.get(type)?.readPayload,
        },
        {
          name: `${type} result`,
          schema: artefact.requests[type]?.result as JsonObject,
          read: readResult,
          as: other.requests.get(type)?.readResult,
          spoken: spoken.requests.get(type)?.readResult,
        },
      ]);
      const events = [...one.events].map(([type, { readPayload }]) => ({
        name: `${type} event`,
        schema: artefact.events[type]?.payload,
        read: readPayload,
        as: other.events.get(type)?.readPayload,
        spoken: spoken.events.get(type)?.readPayload,
      }));
      const seen = { fits: 0, misfits: 0 };

      for (const view of [other, spoken]) expect(typesOf(view)).toEqual(typesOf(one));
      for (const { name, schema, read, as, spoken } of [...readers, ...events]) {
        expect([as === undefined, spoken === undefined], name).toEqual([read === undefined, read === undefined]);
        if (schema === undefined || read === undefined) continue;
        const values = valuesOf(schema, follow);
        await fc.assert(
          fc.property(fc.oneof(values, mutated(values)), (value) => {
            const reading = read(value);
            seen[reading.fits ? 'fits' : 'misfits'] += 1;
            expect(as?.(value), name).toEqual(reading);
            expect(told(spoken?.(value)), name).toEqual(told(reading));
          }),
          { numRuns: 12 },
        );
      }
      expect(Math.min(seen.fits, seen.misfits)).toBeGreaterThan(one.requests.size);
    },
  );
});

/** What a reading says: of a value that does not fit the first thing that is wrong, for zod may say of one thing several. */
function told(reading: Reading | undefined): unknown {
  return reading?.fits === false ? { message: reading.message, issue: reading.issues[0] } : reading;
}

function typesOf({ requests, events }: Record<'requests' | 'events', ReadonlyMap<string, unknown>>): readonly string[] {
  return [...requests.keys(), ...events.keys()].sort();
}
