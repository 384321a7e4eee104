import { strict as assert } from 'node:assert';
import { defineCast, defineContract, defineRequest, readAs } from '@tyrum/contracts';
import * as z from 'zod';

const noteAdd = defineRequest({
  type: 'note.add',
  summary: 'Adds a note.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'once',
  since: 1,
  payload: z.object({
    lines: z.array(z.string()),
    pinned: z.boolean().optional().meta({ 'x-since': 2, description: 'Shown first.' }),
  }),
  example: { payload: { lines: ['milk'] } },
});

const contract = defineContract({
  name: 'notes',
  revisions: [
    { revision: 1, status: 'supported', released: '2026-01-01', sunset: null, summary: 'Notes of one text.' },
    { revision: 2, status: 'current', released: null, sunset: null, summary: 'Notes of lines.' },
  ],
  modules: { note: { noteAdd } },
  casts: [
    defineCast({
      from: 1,
      to: 2,
      requests: {
        'note.add': {
          payload: {
            schema: z.object({ text: z.string() }),
            up: ({ text }: { text: string }) => ({ lines: text.split('\n') }),
          },
        },
      },
    }),
  ],
});

const old = contract.at(1).requests.get('note.add');
assert.ok(old);
assert.deepEqual(old.up({ text: 'milk\nbread' }), { lines: ['milk', 'bread'] });
assert.equal(readAs(old.payload, { lines: ['milk'] }, 'payload').fits, false);
