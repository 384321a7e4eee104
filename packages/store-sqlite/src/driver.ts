/** `node` is the SQLite that is built into Node 22.13 and newer, `better` is the package better-sqlite3. */
export type DriverName = 'node' | 'better';

/** The part of a database that both drivers have, and all that the store uses. */
export interface SqlDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqlStatement;
  close(): unknown;
}

export interface SqlStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

export type SqlValue = string | number | null;

export interface Driver {
  readonly name: DriverName;
  open(path: string): SqlDatabase;
  /** A query whose rows are arrays of the columns it selects: they cost half of what objects with names do. */
  prepareRows(database: SqlDatabase, sql: string): (...values: SqlValue[]) => SqlValue[][];
}

/**
 * Finds a driver that works in this process: the one that is asked for, or else the built-in one before better-sqlite3.
 *
 * @throws {Error} when there is none, saying what to install.
 */
export async function loadDriver(name?: DriverName): Promise<Driver> {
  const builtIn = name === 'better' ? undefined : loadNode();
  if (builtIn !== undefined) return builtIn;
  if (name === 'node') throw new Error(`node:sqlite needs Node 22.13 or newer, this is ${process.version}`);
  return await loadBetter();
}

function loadNode(): Driver | undefined {
  // Asked for by name at run time: an import would fail where the module does not exist. Its types come with newer Nodes.
  const sqlite = process.getBuiltinModule('node:sqlite') as
    | { DatabaseSync: new (path: string) => SqlDatabase }
    | undefined;
  return (
    sqlite && {
      name: 'node',
      open: (path) => new sqlite.DatabaseSync(path),
      prepareRows(database, sql) {
        const statement: SqlStatement & { setReturnArrays?(enabled: boolean): void } = database.prepare(sql);
        // The first releases of the module know rows as objects only.
        if (statement.setReturnArrays === undefined) {
          return (...values) => statement.all(...values).map((row) => Object.values(row as Record<string, SqlValue>));
        }
        statement.setReturnArrays(true);
        return (...values) => statement.all(...values) as SqlValue[][];
      },
    }
  );
}

async function loadBetter(): Promise<Driver> {
  try {
    const { default: Database } = await import('better-sqlite3');
    // The package loads without its compiled part; a database does not.
    new Database(':memory:').close();
    return {
      name: 'better',
      open: (path) => new Database(path),
      prepareRows(database, sql) {
        const statement = (database as InstanceType<typeof Database>).prepare<SqlValue[], SqlValue[]>(sql).raw();
        return (...values) => statement.all(...values);
      },
    };
  } catch (cause) {
    throw new Error(
      `better-sqlite3 cannot be loaded in Node ${process.version}: install better-sqlite3@12, or use Node 22.13 or newer`,
      { cause },
    );
  }
}
