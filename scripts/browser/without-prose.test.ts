import { describe, expect, it } from 'vitest';
import { withoutProse } from './without-prose.ts';

describe('a module without its prose', () => {
  it('has no summary and no example of a definition', () => {
    expect(
      withoutProse(`
        export const taskGet = defineRequest({
          type: 'task.get',
          summary: 'Reads a task, "whole".',
          ...read,
          payload: z.object({ summary: z.string(), example: z.object({ description: z.string() }) }),
          example: { payload: { summary: 'a, b' } },
        });
        export const ping = defineEvent({ type: 'ping', summary: 'x', example });`),
    ).toBe(`
        export const taskGet = defineRequest({
          type: 'task.get',
          ...read,
          payload: z.object({ summary: z.string(), example: z.object({ description: z.string() }) }),
        });
        export const ping = defineEvent({ type: 'ping', });`);
  });

  it('has none in the rows of a table', () => {
    expect(
      withoutProse(`export const ERRORS = { gone: { status: 1, summary: 'It is gone.' } } as const satisfies T;`),
    ).toBe('export const ERRORS = { gone: { status: 1, } } as const satisfies T;');
  });

  it('has none in a list of rows', () => {
    expect(withoutProse(`export const revisions = [{ revision: 1, summary: 'a' }] as const;`)).toBe(
      'export const revisions = [{ revision: 1, }] as const;',
    );
  });

  it('has none in what definitions share, either', () => {
    expect(
      withoutProse(`const shared = { since: 2, example: { payload: a } } as const;\ndefineEvent({ ...shared });`),
    ).toBe(`const shared = { since: 2, } as const;\ndefineEvent({ ...shared });`);
  });

  it('has no description of a schema, and says nothing where nothing else was said', () => {
    expect(
      withoutProse(
        `z.object({ a: z.int().apply(meta, { description: 'An a.' }) }).apply(meta, { id: 'A', description: \`\${x} of it\` })`,
      ),
    ).toBe(`z.object({ a: z.int() }).apply(meta, { id: 'A', })`);
  });

  it('has no constant that only its prose used, and every other one', () => {
    expect(
      withoutProse(`
const coords = { x: EXAMPLE.x };
const place = { coords };
const kept = z.int();
export const exported = 1;
defineEvent({ payload: kept, example: { payload: place } });`),
    ).toBe(`
const kept = z.int();
export const exported = 1;
defineEvent({ payload: kept, });`);
  });

  it('is the same where there is none', () => {
    const text = `z._default(z.object({}), { summary: 'a', description: 'b' }); other({ summary: 'c' });`;

    expect(withoutProse(text)).toBe(text);
  });
});
