import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createOpenWorld } from '../../test/world.ts';
import { createFileStorage } from '../node.ts';

async function storageDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tyrum-storage-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe('a storage in a file', () => {
  test('keeps what was set, and not what was deleted', async () => {
    const directory = await storageDirectory();
    const path = join(directory, 'state.json');
    const storage = createFileStorage(path);
    await storage.set('one', '1');
    await storage.set('two', '2');
    await storage.delete('one');

    const next = createFileStorage(path);
    expect(await next.get('one')).toBeUndefined();
    expect(await next.get('two')).toBe('2');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['state.json']);
  });

  test('has a value in the file before it says so, also among many at once', async () => {
    const path = join(await storageDirectory(), 'state.json');
    const storage = createFileStorage(path);

    await Promise.all(
      Array.from({ length: 50 }, async (_, at) => {
        await storage.set(`key ${at}`, String(at));
        expect(await createFileStorage(path).get(`key ${at}`)).toBe(String(at));
      }),
    );
  });

  test('has names like any other for keys that objects are born with', async () => {
    const path = join(await storageDirectory(), 'state.json');
    await createFileStorage(path).set('constructor', 'mine');

    expect(await createFileStorage(path).get('constructor')).toBe('mine');
    expect(await createFileStorage(path).get('toString')).toBeUndefined();
  });

  test.each(['', 'not json', '[1]', '{"a":1}', 'null'])('refuses a file that holds %j', async (text) => {
    const path = join(await storageDirectory(), 'state.json');
    await writeFile(path, text);

    await expect(createFileStorage(path).get('a')).rejects.toMatchObject({ code: 'storage_failed' });
  });

  test('tells when it cannot be written, and writes again when it can', async () => {
    const directory = join(await storageDirectory(), 'later');
    const storage = createFileStorage(join(directory, 'state.json'));
    await expect(storage.set('a', '1')).rejects.toMatchObject({ code: 'ENOENT' });
    const { mkdir } = await import('node:fs/promises');
    await mkdir(directory);
    await storage.set('b', '2');

    const next = createFileStorage(join(directory, 'state.json'));
    expect([await next.get('a'), await next.get('b')]).toEqual(['1', '2']);
  });

  test('carries a client over a restart', async () => {
    const path = join(await storageDirectory(), 'state.json');
    const { client, gateway, restart } = await createOpenWorld({ storage: createFileStorage(path) });
    await client.close();

    const opened = await restart({ storage: createFileStorage(path) }).connect();

    expect(opened.gateway?.trust).toBe('remembered');
    expect(gateway.last.offer.resume).toEqual({ cursor: 'c.0' });
  });
});
