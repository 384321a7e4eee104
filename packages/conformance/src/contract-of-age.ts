import { createHash } from 'node:crypto';
import { defineContract, defineEvent, tyrum } from '@tyrum/contracts';
import { lockContract } from '@tyrum/contracts/artefacts';
import * as z from 'zod';

/** What the invented revision adds. */
const weatherChanged = defineEvent({
  type: 'weather.changed',
  summary: 'The weather is another one.',
  audience: { roles: ['client'], scopes: ['operator.read'] },
  kept: 'ephemeral',
  since: 4,
  payload: z.object({ sky: z.string() }),
  example: { payload: { sky: 'grey' } },
});

/** The contract of this project with a revision 4 that nobody has released. */
const tomorrow = lockContract(
  defineContract({
    name: tyrum.name,
    revisions: [
      ...tyrum.revisions,
      { revision: 4, status: 'supported', released: null, sunset: null, summary: 'Tells the weather.' } as const,
    ],
    modules: { ...tyrum.modules, weather: { weatherChanged } },
    casts: tyrum.casts,
    hashes: tyrum.hashes,
  }),
  (text) => createHash('sha256').update(text).digest(),
);

/** The contract as a program has it that serves or offers these revisions and no other. */
export function contractOfAge(revisions: readonly number[]): typeof tomorrow {
  return defineContract({
    name: tomorrow.name,
    revisions: tomorrow.revisions.map((entry) => ({
      ...entry,
      status: revisions.includes(entry.revision) ? ('supported' as const) : ('retired' as const),
    })),
    modules: tomorrow.modules,
    casts: tomorrow.casts,
    hashes: tomorrow.hashes,
  });
}
