import { strict as assert } from 'node:assert';
import { defineRequest, fromZod3, type PayloadInput, readAs, tyrum } from '@tyrum/contracts';
import { describeExtension } from '@tyrum/contracts/artefacts';
import { z as z3 } from 'zod/v3';

const Note = z3.object({ text: z3.string().min(1), pinned: z3.boolean().default(false) });

const noteAdd = defineRequest({
  type: 'note.add',
  summary: 'Adds a note.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'once',
  since: 3,
  payload: fromZod3(Note, { id: 'Note', description: 'What somebody wrote down.' }),
  example: { payload: { text: 'milk' } },
});
const contract = tyrum.extend({ name: 'com.example.notes', modules: { note: { noteAdd } } });

const payload: PayloadInput<typeof contract, 'note.add'> = { text: 'milk' };
const add = contract.at(3).requests.get('note.add');
assert.ok(add);
assert.deepEqual(readAs(add.payload, payload, 'payload'), { fits: true, value: { text: 'milk', pinned: false } });
assert.equal(readAs(add.payload, { text: 'milk', tip: 5 }, 'payload').fits, false);

const { $defs } = describeExtension(contract, 'com.example.notes', 3);
assert.deepEqual($defs['Note.closed']?.required, ['text']);
