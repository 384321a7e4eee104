import { createHash } from 'node:crypto';
import { mkdir, open, opendir, readdir, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobStore, ByteRange } from '@tyrum/gateway-core';

/** Where bytes are while they come: what is found here when a process starts was cut off. */
const INCOMING = 'incoming';

/**
 * Keeps the bytes of artifacts as files of a directory, one for each, and makes the directory. A file has its name only once
 * all of it is on disk.
 *
 * @throws {Error} of the system, when the directory cannot be made or read.
 */
export async function createBlobDirectory(path: string): Promise<BlobStore> {
  const incoming = join(path, INCOMING);
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true, mode: 0o700 });

  return {
    async write(key, bytes) {
      const unfinished = join(incoming, nameOf(key));
      const place = placeOf(path, key);
      const hash = createHash('sha256');
      let sizeBytes = 0;
      const file = await open(unfinished, 'wx', 0o600);
      try {
        try {
          for await (const chunk of bytes) {
            hash.update(chunk);
            sizeBytes += chunk.byteLength;
            await file.appendFile(chunk);
          }
          await file.sync();
        } finally {
          await file.close();
        }
        await mkdir(dirname(place), { recursive: true, mode: 0o700 });
        await rename(unfinished, place);
        await syncDirectories(dirname(place), path);
      } catch (cause) {
        await unlink(unfinished).catch(() => undefined);
        throw cause;
      }
      return { sizeBytes, sha256: hash.digest('hex') };
    },
    async read(key, range) {
      const file = await openIfThere(placeOf(path, key));
      return file?.createReadStream(range === undefined ? {} : streamRange(range));
    },
    async delete(key) {
      try {
        await unlink(placeOf(path, key));
        return true;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw cause;
      }
    },
    async *keys() {
      for (const shelf of await readdir(path)) {
        if (shelf === INCOMING) continue;
        for await (const entry of await opendir(join(path, shelf))) if (entry.isFile()) yield entry.name;
      }
    },
  };
}

/** Few files in each directory, however many there are. */
function placeOf(path: string, key: string): string {
  const name = nameOf(key);
  return join(path, name.slice(0, 2), name);
}

/** A key becomes the name of a file, and nothing else. @throws {RangeError} */
function nameOf(key: string): string {
  if (!/^[\w-]{3,128}$/.test(key) || key === INCOMING)
    throw new RangeError('the key of a blob is 3 to 128 letters, digits, - and _');
  return key;
}

function streamRange({ start, end }: ByteRange) {
  return { start, end };
}

async function openIfThere(path: string) {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** The name of a file is in its directory, and has to be on disk as well. Windows has no such thing. */
async function syncDirectories(...directories: readonly string[]): Promise<void> {
  if (process.platform === 'win32') return;
  for (const directory of directories) {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
