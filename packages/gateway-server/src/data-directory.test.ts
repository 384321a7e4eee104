import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogLevel } from '@tyrum/gateway-core';
import { StoreLockedError } from '@tyrum/store-sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { DataDirectoryError, openDataDirectory } from './data-directory.ts';

const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), 'tyrum-data-'));
  made.push(path);
  return path;
}

describe('a data directory', () => {
  it('is made with a database and a key that only its owner can read', async () => {
    const path = join(temporary(), 'new', 'place');

    const { store } = await openDataDirectory(path);
    await store.close();

    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'gateway-key.pem')).mode & 0o777).toBe(0o600);
    expect(readdirSync(path)).toContain('tyrum.sqlite');
    expect(readdirSync(path).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('keeps its key', async () => {
    const path = temporary();

    const first = await openDataDirectory(path);
    await first.store.close();
    const second = await openDataDirectory(path);
    await second.store.close();

    expect(second.signer.publicKey).toBe(first.signer.publicKey);
    expect((await openAndClose(temporary())).signer.publicKey).not.toBe(first.signer.publicKey);
  });

  it('makes a key again when a crash left an unfinished one', async () => {
    const path = temporary();
    writeFileSync(join(path, 'gateway-key.pem.new'), '-----BEGIN PRIV');

    await openAndClose(path);

    expect(readFileSync(join(path, 'gateway-key.pem'), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  it('belongs to one process at a time', async () => {
    const path = temporary();
    const { store } = await openDataDirectory(path);

    await expect(openDataDirectory(path)).rejects.toThrow(StoreLockedError);
    await store.close();

    await openAndClose(path);
  });

  it('is refused when its key is not one, and left unlocked', async () => {
    const path = temporary();
    writeFileSync(join(path, 'gateway-key.pem'), 'not a key', { mode: 0o600 });

    await expect(openDataDirectory(path)).rejects.toThrow(
      /gateway-key\.pem is not an Ed25519 private key in PEM; restore it/,
    );
    rmSync(join(path, 'gateway-key.pem'));

    await openAndClose(path);
  });

  it('is refused when it cannot be made', async () => {
    const file = join(temporary(), 'file');
    writeFileSync(file, '');

    await expect(openDataDirectory(join(file, 'below'))).rejects.toThrow(DataDirectoryError);
  });

  it('warns of a key that others can read', async () => {
    const path = temporary();
    await openAndClose(path);
    chmodSync(join(path, 'gateway-key.pem'), 0o644);
    const log: LogLevel[] = [];

    const { store } = await openDataDirectory(path, { log: (level) => log.push(level) });
    await store.close();

    expect(log).toEqual(['warn']);
  });
});

async function openAndClose(path: string) {
  const directory = await openDataDirectory(path);
  await directory.store.close();
  return directory;
}
