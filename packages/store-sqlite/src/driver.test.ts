import { describe, expect, it } from 'vitest';
import { describeEachDriver } from '../test/each-driver.ts';
import { loadDriver } from './driver.ts';

const hasBuiltIn = process.getBuiltinModule('node:sqlite') !== undefined;

describe('the choice of a driver', () => {
  it.runIf(hasBuiltIn)('prefers the SQLite of the runtime', async () => {
    expect((await loadDriver()).name).toBe('node');
  });

  it.skipIf(hasBuiltIn)(
    'falls back to better-sqlite3 where the runtime has no SQLite, and says so when asked',
    async () => {
      expect((await loadDriver()).name).toBe('better');
      await expect(loadDriver('node')).rejects.toThrow(`needs Node 22.13 or newer, this is ${process.version}`);
    },
  );
});

describeEachDriver('a database', (driver) => {
  it('runs, gets and lists what its statements say', async () => {
    const database = (await loadDriver(driver)).open(':memory:');
    database.exec('CREATE TABLE things (id TEXT PRIMARY KEY, size INTEGER) STRICT');
    const insert = database.prepare('INSERT INTO things (id, size) VALUES (?, ?)');

    expect(Number(insert.run('a', 1_700_000_000_000).changes)).toBe(1);
    expect(Number(insert.run('é\u{1f600}', null).changes)).toBe(1);

    expect(database.prepare('SELECT size FROM things WHERE id = ?').get('a')).toMatchObject({
      size: 1_700_000_000_000,
    });
    expect(database.prepare('SELECT size FROM things WHERE id = ?').get('none')).toBeUndefined();
    expect(database.prepare('SELECT * FROM things ORDER BY id').all()).toEqual([
      expect.objectContaining({ id: 'a', size: 1_700_000_000_000 }),
      expect.objectContaining({ id: 'é\u{1f600}', size: null }),
    ]);
    database.close();
  });
});
