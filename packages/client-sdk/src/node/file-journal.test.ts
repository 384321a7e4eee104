import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { createFileJournal } from '../node.ts';

const DAY_MS = 86_400_000;
const done = { ok: true, result: { load: 0.1 } } as const;

async function journalPath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tyrum-journal-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'journal');
}

describe('a file journal', () => {
  test('knows what was started and what finished after a restart of the process', async () => {
    const path = await journalPath();
    const journal = await createFileJournal(path);
    await journal.start('one');
    await journal.start('two');
    await journal.finish('two', done);
    // The process dies here: nothing is closed.

    const next = await createFileJournal(path);
    expect(next.durable).toBe(true);
    expect(next.find('one')).toEqual({ state: 'started' });
    expect(next.find('two')).toEqual({ state: 'finished', outcome: done });
    expect(next.find('three')).toBeUndefined();
    await journal.close();
    await next.close();
  });

  test('has each line in the file before it says so', async () => {
    const path = await journalPath();
    const journal = await createFileJournal(path);
    const lines = async () =>
      (await readFile(path, 'utf8'))
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).key);

    await journal.start('one');
    expect(await lines()).toEqual(['one']);
    await Promise.all([journal.finish('one', done), journal.start('two'), journal.start('three')]);
    expect(await lines()).toEqual(['one', 'one', 'two', 'three']);
    await journal.close();
  });

  test.each([1, 10, 30])(
    'drops a last line of which %i bytes were written, and goes on behind the whole ones',
    async (bytes) => {
      const path = await journalPath();
      const journal = await createFileJournal(path);
      await journal.start('one');
      await journal.close();
      await appendFile(path, '{"key":"two","at":1,"outcome":{"ok":true}}\n'.slice(0, bytes));

      const next = await createFileJournal(path);
      expect(next.find('two')).toBeUndefined();
      await next.finish('one', done);
      await next.close();

      const last = await createFileJournal(path);
      expect(last.find('one')).toEqual({ state: 'finished', outcome: done });
      await last.close();
    },
  );

  test('drops a torn last line in the middle of a character', async () => {
    const path = await journalPath();
    const journal = await createFileJournal(path);
    await journal.start('é');
    await journal.close();
    await appendFile(path, Buffer.from('{"key":"é').subarray(0, -1));

    const next = await createFileJournal(path);
    expect(next.find('é')).toEqual({ state: 'started' });
    await next.close();
  });

  test.each(['not a journal\n', '{"key":7}\n', '[]\n', '\n'])('refuses a file with the whole line %j', async (line) => {
    const path = await journalPath();
    await writeFile(path, `{"key":"one","at":1}\n${line}`);

    await expect(createFileJournal(path)).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('line 2'),
    });
  });

  test('is compacted while it grows, and loses nothing', async () => {
    const path = await journalPath();
    const journal = await createFileJournal(path);
    await journal.start('begun');
    for (let round = 0; round < 12; round += 1) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, at) => {
          await journal.start(`task ${at}`);
          await journal.finish(`task ${at}`, { ok: true, result: round });
        }),
      );
    }
    const lines = (await readFile(path, 'utf8')).split('\n').length;
    await journal.close();

    // 2,401 lines were written, of which at most 1,000 say nothing and one batch came since.
    expect(lines).toBeLessThan(1_400);
    const next = await createFileJournal(path);
    expect(next.find('begun')).toEqual({ state: 'started' });
    for (let at = 0; at < 100; at += 1)
      expect(next.find(`task ${at}`)).toEqual({ state: 'finished', outcome: { ok: true, result: 11 } });
    await next.close();
  });

  test('forgets finished entries after their time, and what was only started never', async () => {
    const path = await journalPath();
    const clock = createManualClock();
    const journal = await createFileJournal(path, { clock, retentionMs: DAY_MS });
    await journal.start('begun');
    await journal.finish('old', done);
    await clock.advance(DAY_MS);
    await journal.finish('young', done);
    await journal.close();
    await clock.advance(1);

    const next = await createFileJournal(path, { clock, retentionMs: DAY_MS });
    expect(['begun', 'old', 'young'].map((key) => next.find(key)?.state)).toEqual(['started', undefined, 'finished']);
    await next.close();
    expect(await readFile(path, 'utf8')).not.toContain('old');
  });

  test('can be read by its owner alone', async () => {
    const path = await journalPath();
    const journal = await createFileJournal(path);
    await journal.start('one');
    await journal.close();

    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('answers nothing any more once a line could not be written', async () => {
    const path = await journalPath();
    const journal = await createFileJournal(path);
    await journal.close();

    await expect(journal.start('one')).rejects.toMatchObject({ code: 'storage_failed' });
  });
});
