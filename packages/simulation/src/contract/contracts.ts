import { createHash } from 'node:crypto';
import { type Contract, defineContract, type EventType, type Role, tyrum } from '@tyrum/contracts';
import { lockContract } from '@tyrum/contracts/artefacts';
import * as counter from './counter.ts';
import * as extra from './extra.ts';

/**
 * A product's own contract: all of `tyrum`, counters beside it, an extension, and a revision 4 that nobody has released,
 * because some things happen only where more than one revision has cursors.
 */
const base = defineContract({
  name: 'simulated',
  revisions: [
    ...tyrum.revisions.map((entry) => ({
      ...entry,
      status: entry.revision === 1 ? ('retired' as const) : entry.status,
    })),
    { revision: 4, status: 'current', released: null, sunset: null, summary: 'Says who changed a counter.' },
  ],
  modules: { ...tyrum.modules, counter },
  casts: tyrum.casts,
});

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const whole = lockContract(base.extend({ name: 'com.example.extra', modules: { extra } }), sha256);
const plain = lockContract(base, sha256);

export type SimulatedContract = typeof whole;

/** The revisions that a program speaks: an old one, one of today, one of tomorrow. */
export type Revisions = readonly (2 | 3 | 4)[];
/** All that are spoken by anybody. */
export const REVISIONS: Revisions = [2, 3, 4];

const made = new Map<string, Contract>();

/**
 * The contract as a program of a certain age has it.
 *
 * @param extended whether it knows the extension
 */
export function contractAt(revisions: Revisions, extended = true): SimulatedContract {
  const name = `${revisions.join()} ${extended}`;
  let contract = made.get(name);
  if (contract === undefined) {
    const from: Contract = extended ? whole : plain;
    contract = defineContract({
      name: from.name,
      revisions: from.revisions.map((entry) => ({
        ...entry,
        status: (revisions as readonly number[]).includes(entry.revision)
          ? ('supported' as const)
          : ('retired' as const),
      })),
      modules: base.modules,
      casts: from.casts,
      hashes: from.hashes,
    });
    for (const { id, hashes } of from.extensions) contract = contract.extend({ name: id, modules: { extra }, hashes });
    made.set(name, contract);
  }
  // The same definitions in every case; what is left out only narrows what is spoken.
  return contract as SimulatedContract;
}

/** The durable events that a role may be sent at all. */
export function durableTypesFor(role: Role): readonly EventType<SimulatedContract>[] {
  return contractAt(REVISIONS).definitions.flatMap((definition) =>
    definition.kind === 'event' &&
    definition.kept === 'durable' &&
    definition.until === undefined &&
    (definition.audience.roles as readonly Role[]).includes(role)
      ? [definition.type as EventType<SimulatedContract>]
      : [],
  );
}
