import type { StoreUnavailableError } from '@tyrum/gateway-core';
import type { SqlDatabase, SqlValue } from './driver.ts';
import { outageOf } from './errors.ts';

/** A prepared statement of a session; `Row` is what its SQL selects. */
export interface Statement<Row = never> {
  /** Resolves to the number of rows that changed. */
  run(...values: SqlValue[]): number;
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
}

/** The statements that works use, and what the batch must know about them. */
export interface Session {
  prepare<Row = never>(sql: string): Statement<Row>;
  /** Whether a work is running. No statement runs outside of one: it would commit alone. */
  working: boolean;
  /** The outage that a statement met since it was last cleared, whatever its work made of it. */
  outage: StoreUnavailableError | undefined;
}

export function createSession(database: SqlDatabase): Session {
  const session: Session = {
    working: false,
    outage: undefined,
    prepare<Row>(sql: string): Statement<Row> {
      const statement = database.prepare(sql);
      return {
        run: (...values) => Number(attempt(() => statement.run(...values)).changes),
        get: (...values) => attempt(() => statement.get(...values)) as Row | undefined,
        all: (...values) => attempt(() => statement.all(...values)) as Row[],
      };
    },
  };

  function attempt<Result>(execute: () => Result): Result {
    if (!session.working) throw new Error('the transaction has ended');
    try {
      return execute();
    } catch (error) {
      session.outage ??= outageOf(error);
      throw session.outage ?? error;
    }
  }

  return session;
}
