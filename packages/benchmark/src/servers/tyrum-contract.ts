import { createHash } from 'node:crypto';
import { defineEvent, defineRequest, tyrum } from '@tyrum/contracts';
import { lockContract } from '@tyrum/contracts/artefacts';
import * as z from 'zod';
import { Note } from '../note.ts';
import { NOTE } from '../payload.ts';

const ours = { direction: 'to_gateway', roles: ['client'], since: 2 } as const;

const read = defineRequest({
  type: 'bench.read',
  summary: 'Answers with its payload, read in a transaction like every read.',
  ...ours,
  scopes: ['operator.read'],
  effect: 'read',
  payload: Note,
  result: Note,
  example: { payload: { ...NOTE, tags: [...NOTE.tags] } },
});

const write = defineRequest({
  type: 'bench.write',
  summary: 'Keeps a document and an event about it, once, and answers with its payload.',
  ...ours,
  scopes: ['operator.write'],
  effect: 'once',
  payload: Note,
  result: Note,
  example: { payload: { ...NOTE, tags: [...NOTE.tags] } },
});

const publish = defineRequest({
  type: 'bench.publish',
  summary: 'Appends one event that every connection gets.',
  ...ours,
  scopes: ['operator.write'],
  effect: 'once',
  payload: Note,
  example: { payload: { ...NOTE, tags: [...NOTE.tags] } },
});

const published = defineEvent({
  type: 'bench.published',
  summary: 'What was published.',
  audience: { roles: ['client'], scopes: ['operator.read'] },
  kept: 'durable',
  since: 2,
  payload: Note,
  example: { payload: { ...NOTE, tags: [...NOTE.tags] } },
});

/** None of the load's connections may see it: it is written, judged for each of them, and sent to nobody. */
const written = defineEvent({
  type: 'bench.written',
  summary: 'A document was kept.',
  audience: { roles: ['client'], scopes: ['operator.admin'] },
  kept: 'durable',
  since: 2,
  payload: z.object({ id: z.string() }),
  example: { payload: { id: NOTE.note_id } },
});

export const EXTENSION = 'benchmark';

/** The contract that ships, with what the benchmark asks for: the engine is measured, and no query of the product. */
export const contract = lockContract(
  tyrum.extend({ name: EXTENSION, modules: { benchmark: { read, write, publish, published, written } } }),
  (text) => createHash('sha256').update(text).digest(),
);
