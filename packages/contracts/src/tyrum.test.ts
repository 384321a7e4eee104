import { describe, expect, it } from 'vitest';
import { definitionsOf } from './define/assemble.ts';
import { mustFit, readAs } from './define/read-as.ts';
import type { RequestView } from './define/revision-view.ts';
import { existsAt } from './define/shapes.ts';
import { tyrum } from './tyrum.ts';

describe('the contract of this project', () => {
  it('serves revisions 2 and 3, and its hashes are locked', () => {
    expect(tyrum.served).toEqual([2, 3]);
    expect(Object.keys(tyrum.hashes)).toEqual(['2', '3']);
  });

  it('refuses to be asked for a retired or unknown revision', () => {
    expect(() => tyrum.at(1)).toThrow(new RangeError('contract tyrum does not serve revision 1'));
    expect(() => tyrum.at(4)).toThrow(RangeError);
  });

  it('is derived once for each revision', () => {
    expect(tyrum.at(3)).toBe(tyrum.at(3));
  });

  it('names each constant after what it defines', () => {
    const requests = new Set(tyrum.definitions.filter(({ kind }) => kind === 'request').map(({ type }) => type));

    for (const module of Object.values(tyrum.modules)) {
      for (const [constant, value] of Object.entries(module)) {
        const [definition] = definitionsOf({ module: { constant: value } });
        if (definition === undefined) continue;
        const shared = definition.kind === 'event' && (requests.has(definition.type) || definition.type === 'error');
        expect(constant).toBe(camelCase(definition.type) + (shared ? 'Event' : ''));
      }
    }
  });

  it('says of each definition what it is for, in a sentence', () => {
    for (const { type, summary } of tyrum.definitions) expect(summary, type).toMatch(/^[A-Z].*\.$/);
  });
});

describe.each(tyrum.served)('the examples at revision %i', (revision) => {
  const view = tyrum.at(revision);
  const current = tyrum.served.at(-1);
  const here = tyrum.definitions.filter((definition) => existsAt(definition, revision));
  const requests = here.flatMap((definition) => (definition.kind === 'request' ? [definition] : []));
  const events = here.flatMap((definition) => (definition.kind === 'event' ? [definition] : []));

  it.each(requests)('of request $type fit their schemas', ({ type, example, result }) => {
    const request = view.requests.get(type) as RequestView;

    // A cast brings another shape, and its own test brings values of it.
    const isCast = revision !== current && tyrum.casts.some((cast) => cast.requests[type]?.payload !== undefined);
    if (!isCast)
      expect(mustFit(request.payload, example?.payload, 'payload')).toMatchObject(example?.payload as object);
    expect(request.result === undefined).toBe(result === undefined);
    if (request.result !== undefined)
      expect(readAs(request.result, request.down(example?.result), 'result').fits).toBe(true);
  });

  it.each(events)('of event $type fit their schemas', ({ type, example }) => {
    expect(view.sayEvent(type, example?.payload).map((words) => words.type)).toEqual([type]);
  });
});

function camelCase(type: string): string {
  return type.replace(/[._-]([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
