import type { ClientStorage, Journal, JournalEntry } from '@tyrum/client-sdk';
import type { Prng } from '../kernel/prng.ts';
import type { Process } from '../kernel/process.ts';

/** What a device keeps while its programs come and go. A write that was not synced when the program died is lost. */
export interface ClientDisk {
  storage(program: Process): ClientStorage;
  journal(program: Process): Journal;
}

export function createClientDisk(random: Prng): ClientDisk {
  const values = new Map<string, string>();
  const entries = new Map<string, JournalEntry>();
  /** One write after the other, as a file is written. */
  let writing: Promise<void> = Promise.resolve();

  async function write(program: Process, apply: () => void): Promise<void> {
    const mine = writing.then(() => program.sleep(random.between(1, 300) / 100)).then(apply);
    writing = mine;
    await mine;
  }

  return {
    storage(program) {
      // What a dead program began to write never ends.
      writing = Promise.resolve();
      return {
        get: (key) => values.get(key),
        set: (key, value) => write(program, () => void values.set(key, value)),
        delete: (key) => write(program, () => void values.delete(key)),
      };
    },
    journal: (program) => ({
      durable: true,
      find: (key) => entries.get(key),
      start: (key) => write(program, () => void entries.set(key, { state: 'started' })),
      finish: (key, outcome) => write(program, () => void entries.set(key, { state: 'finished', outcome })),
    }),
  };
}
