import type { Collection, Transaction } from '../ports/store.ts';

interface Counter {
  readonly value: number;
}

const counters: Collection<Counter> = { name: 'counters', indexes: {} };

/** The next number of a named count, in this transaction: 1, 2, 3, without holes among what is committed. */
export async function nextCount(tx: Transaction, tenant: string, name: string): Promise<number> {
  const value = (await currentCount(tx, tenant, name)) + 1;
  await tx.documents.put(tenant, counters, name, { value });
  return value;
}

/** The number that was given out last; 0 when none was. */
export async function currentCount(tx: Transaction, tenant: string, name: string): Promise<number> {
  return (await tx.documents.get(tenant, counters, name))?.value.value ?? 0;
}
