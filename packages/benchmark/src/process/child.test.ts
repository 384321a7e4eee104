import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChild } from './child.ts';

const PROGRAM = `
process.on('message', ({ id, name }) => {
  if (name === 'break') throw new TypeError('something is not right');
  if (name === 'leave') process.exit(7);
  if (name === 'echo') process.send({ id, value: process.argv.slice(2) });
  if (name === 'refuse') process.send({ id, error: 'there is none' });
});
if (process.argv[2] !== 'mute') process.send({ id: 0, value: 'ready' });
`;

describe('a process of the benchmark', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tyrum-bench-test-'));
    await writeFile(join(directory, 'program.mjs'), PROGRAM);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const start = (name: string, patienceMs?: number) =>
    startChild({
      program: join(directory, 'program.mjs'),
      arguments: [name],
      core: 'load',
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });

  it('answers what it is asked, or says why not', async () => {
    const child = await start('one');

    expect(await child.call('echo')).toEqual(['one']);
    await expect(child.call('refuse')).rejects.toThrow('the load one, refuse: there is none');
    await child.stop();
  });

  it('says in one line what it ended of, also to whoever asks afterwards', async () => {
    const broken = await start('one');
    const left = await start('two');

    await expect(broken.call('break')).rejects.toThrow(
      /^the load one ended with 1: TypeError: something is not right$/,
    );
    await expect(broken.call('echo')).rejects.toThrow(/something is not right$/);
    await expect(left.call('leave')).rejects.toThrow(/^the load two ended with 7$/);
  });

  it('is not waited for without end', async () => {
    await expect(start('mute', 1)).rejects.toThrow('the load mute did not answer to its start within 0.001 s');
  });
});
