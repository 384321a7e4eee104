import { encodeText } from '@tyrum/gateway-core';
import type { Session } from './session.ts';

/**
 * The numbers that stand in the rows of a table for texts which many of them share: shorter on the disk, and quicker to
 * compare. They are known by heart, since nearly every statement needs one.
 */
export interface Numbers {
  /** The number of these texts, if they have one. */
  find(...texts: readonly string[]): number | undefined;
  /** The number of these texts, which is theirs from now on. */
  take(...texts: readonly string[]): number;
  /** What a work wrote was undone: numbers that were taken may be gone. */
  forget(): void;
}

/** How many are known by heart, about. */
const MOST_KNOWN = 10_000;

interface Known {
  number: number | undefined;
  next: Map<string, Known> | undefined;
}

/** @param columns where the texts stand, unique together, in a table that numbers its rows in the column `number` */
export function createNumbers(session: Session, table: string, columns: readonly string[]): Numbers {
  const read = session.prepare<{ number: number }>(
    `SELECT number FROM ${table} WHERE ${columns.map((column) => `${column} = ?`).join(' AND ')}`,
  );
  const insert = session.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  let root: Known = { number: undefined, next: undefined };
  let count = 0;
  /** A number was taken since the last `forget`. */
  let taken = false;

  function clear(): void {
    root = { number: undefined, next: undefined };
    count = 0;
    taken = false;
  }

  /** The place of these texts, with their number where they have one. */
  function look(texts: readonly string[]): Known {
    if (count >= MOST_KNOWN) clear();
    let known = root;
    for (const text of texts) known = known.next?.get(text) ?? add(known, text);
    known.number ??= read.get(...texts.map(encodeText))?.number;
    return known;
  }

  function add(known: Known, text: string): Known {
    const next = { number: undefined, next: undefined };
    known.next ??= new Map();
    known.next.set(text, next);
    count += 1;
    return next;
  }

  return {
    find: (...texts) => look(texts).number,
    take(...texts) {
      const known = look(texts);
      if (known.number !== undefined) return known.number;
      taken = true;
      known.number = insert.insert(...texts.map(encodeText));
      return known.number;
    },
    forget() {
      if (taken) clear();
    },
  };
}
