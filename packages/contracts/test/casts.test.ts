import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRevision } from '../src/artefacts/describe.ts';
import type { JsonObject } from '../src/artefacts/json.ts';
import { mustFit } from '../src/define/read-as.ts';
import type { RequestView } from '../src/define/revision-view.ts';
import { createDerivation } from '../src/define/schema-at.ts';
import { ProtocolError } from '../src/protocol-error.ts';
import { tyrum } from '../src/tyrum.ts';
import { valuesOf } from './wire-values.ts';

const RUNS = 60;

/**
 * What a cast says of its own, by the type that it casts: whatever else comes out went in. A cast that puts in more than this
 * invents it.
 */
const OWN_WORDS: Readonly<Record<string, readonly unknown[]>> = {
  'conversation.send': [true],
  'message.delta': ['chunk', 'text-start', 'text-delta'],
  'message.final': ['chunk', 'text-start', 'text-delta', 'text-end'],
  'reasoning.delta': ['chunk', 'reasoning-start', 'reasoning-delta'],
  'reasoning.final': ['chunk', 'reasoning-start', 'reasoning-delta', 'reasoning-end'],
  'turn.started': ['chunk', 'start'],
  'turn.completed': ['chunk', 'finish', 'done'],
  'turn.cancelled': ['chunk', 'abort', 'done'],
  'turn.failed': ['error', 'the turn failed'],
};

describe.each(tyrum.casts)('the casts between revisions $from and $to, on whatever is valid', ({ from, to }) => {
  const [older, newer] = [tyrum.at(from), tyrum.at(to)];
  const valid = { older: generatorsAt(from), newer: generatorsAt(to) };
  const closed = createDerivation(from, 'gateway');
  const common = [...older.requests.values()].filter(({ definition }) => newer.requests.has(definition.type));
  const twins = common.map((view) => ({
    type: view.definition.type,
    view,
    newerView: newer.requests.get(view.definition.type) as RequestView,
  }));

  it.each(twins)('lead what $type asks up, or refuse it [RV-15]', async ({ type, view, newerView }) => {
    let led = 0;
    await fc.assert(
      fc.property(valid.older(['requests', type, 'payload']), (generated) => {
        const asked = mustFit(view.payload, plain(generated), 'payload');
        let current: unknown;
        try {
          current = view.up(asked);
        } catch (refused) {
          expect(ProtocolError.is(refused) && refused.code).toBe('contract_error');
          return;
        }
        led += 1;
        mustFit(newerView.payload, plain(current), 'payload');
        expect(inventedIn(current, asked, type)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect(led).toBeGreaterThan(0);
  });

  it.each(twins)('lead what $type answers down [RV-15]', async ({ type, view, newerView }) => {
    const result = newerView.result;
    if (result === undefined) {
      expect(view.result).toBeUndefined();
      return;
    }
    await fc.assert(
      fc.property(valid.newer(['requests', type, 'result']), (generated) => {
        const answered = mustFit(result, plain(generated), 'result');
        // As the gateway says it: cast, and without the keys that the older revision does not have.
        const said = view.result && mustFit(view.result, view.down(answered), 'result');
        if (view.result !== undefined) mustFit(closed(view.result), plain(said), 'result');
        expect(inventedIn(said, answered, type)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  const happenings = [...newer.events].map(([type, { payload }]) => ({ type, payload }));

  it.each(happenings)('say $type in words that the strictest older reader knows [RV-15]', async ({ type, payload }) => {
    await fc.assert(
      fc.property(valid.newer(['events', type, 'payload']), (generated) => {
        const happened = mustFit(payload, plain(generated), 'payload');
        for (const words of older.sayEvent(type, happened)) {
          const view = older.events.get(words.type);
          if (view === undefined) throw new Error(`${words.type} is not of revision ${from}`);
          mustFit(closed(view.definition.payload), plain(words.payload), 'payload');
          expect(inventedIn(words.payload, happened, type)).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('are tried on everything that they name, and say nothing of what is not there', () => {
    const cast = tyrum.casts.filter((one) => one.from === from);
    const named = cast.flatMap(({ requests, events }) => [...Object.keys(requests), ...Object.keys(events)]);
    const tried = new Set([...twins.map(({ type }) => type), ...newer.events.keys()]);

    expect(named.filter((type) => !tried.has(type))).toEqual([]);
    expect(Object.keys(OWN_WORDS).filter((type) => !named.includes(type))).toEqual([]);
  });
});

/** Whatever is valid at a revision, by its place in the artefact. */
function generatorsAt(revision: number) {
  const artefact = describeRevision(tyrum, revision);
  const follow = (reference: string) => at(artefact, reference.slice('#/'.length).split('/'));
  return (place: readonly string[]) => valuesOf(at(artefact, place), follow);
}

function at(document: JsonObject, place: readonly string[]): JsonObject {
  return place.reduce((value, key) => value[key] as JsonObject, document);
}

/** The same value as it comes out of a frame. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** The values at the leaves of what came out that neither went in nor belong to the cast's own words. */
function inventedIn(out: unknown, into: unknown, type: string): readonly unknown[] {
  const known = [...leavesOf(plain(into)), ...(OWN_WORDS[type] ?? [])];
  return leavesOf(plain(out)).filter((leaf) => !known.some((one) => one === leaf || isPartOf(leaf, one)));
}

/** What was said in pieces before is not said again: only its rest is. */
function isPartOf(leaf: unknown, whole: unknown): boolean {
  return typeof leaf === 'string' && typeof whole === 'string' && whole.endsWith(leaf);
}

function leavesOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [value];
  return Object.values(value).flatMap(leavesOf);
}
