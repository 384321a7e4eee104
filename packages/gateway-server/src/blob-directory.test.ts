import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createBlobDirectory } from './blob-directory.ts';

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tyrum-blobs-'));
  directories.push(directory);
  return join(directory, 'blobs');
}

async function* bytesOf(...texts: string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function textOf(bytes: AsyncIterable<Uint8Array> | undefined): Promise<string | undefined> {
  if (bytes === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function keysOf(blobs: { keys(): AsyncIterable<string> }): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of blobs.keys()) keys.push(key);
  return keys.sort();
}

describe('a directory of blobs', () => {
  it('keeps bytes under a key, for this process and the next', async () => {
    const path = await makeDirectory();

    const written = await (await createBlobDirectory(path)).write('key-1', bytesOf('hel', 'lo'));

    expect(written).toEqual({
      sizeBytes: 5,
      sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    });
    const next = await createBlobDirectory(path);
    expect(await textOf(await next.read('key-1'))).toBe('hello');
    expect(await textOf(await next.read('key-1', { start: 1, end: 3 }))).toBe('ell');
    expect(await keysOf(next)).toEqual(['key-1']);
  });

  it('keeps nothing of bytes that stop coming', async () => {
    const path = await makeDirectory();
    const blobs = await createBlobDirectory(path);
    async function* cut() {
      yield Buffer.from('hel');
      throw new Error('the line went dead');
    }

    await expect(blobs.write('key-1', cut())).rejects.toThrow('the line went dead');

    expect(await blobs.read('key-1')).toBeUndefined();
    expect(await readdir(path, { recursive: true })).toEqual(['incoming']);
  });

  it('removes what a process that died was given half of', async () => {
    const path = await makeDirectory();
    await mkdir(join(path, 'incoming'), { recursive: true });
    await writeFile(join(path, 'incoming', 'key-1'), 'hel');

    const blobs = await createBlobDirectory(path);

    expect(await readdir(path, { recursive: true })).toEqual(['incoming']);
    expect(await keysOf(blobs)).toEqual([]);
  });

  it('deletes, and tells whether there was something', async () => {
    const blobs = await createBlobDirectory(await makeDirectory());
    await blobs.write('key-1', bytesOf('hello'));

    expect([await blobs.delete('key-1'), await blobs.delete('key-1')]).toEqual([true, false]);
    expect(await keysOf(blobs)).toEqual([]);
  });

  it.each(['../key', 'a/b', '', '..', 'incoming', 'a\0b'])('takes no key that leads elsewhere: %j', async (key) => {
    const blobs = await createBlobDirectory(await makeDirectory());

    await expect(blobs.write(key, bytesOf('hello'))).rejects.toThrow(RangeError);
  });

  it('keeps an empty blob too', async () => {
    const blobs = await createBlobDirectory(await makeDirectory());

    expect(await blobs.write('key-1', bytesOf())).toMatchObject({ sizeBytes: 0 });
    expect(await textOf(await blobs.read('key-1'))).toBe('');
  });
});
