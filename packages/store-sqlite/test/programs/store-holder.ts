// Opens a store, says so, and keeps it open until it is killed.
import { createSqliteStore } from '../../src/index.ts';

const [path = '', driver] = process.argv.slice(2);
await createSqliteStore({ path, driver: driver === 'node' ? 'node' : 'better' });
process.stdout.write('open\n');
setInterval(() => undefined, 60_000);
