import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltPrograms, buildFromSource } from './build-programs.ts';
import { SMOKE } from './plan.ts';
import { startChild } from './process/child.ts';
import { toMarkdown } from './report.ts';
import { oneRound } from './rounds.ts';
import { runBenchmark } from './run-benchmark.ts';
import { workloads } from './workloads/all-workloads.ts';
import type { Workload } from './workloads/workload.ts';

// Real processes and sockets, with counts so small that nothing is measured: that it runs is what is tested.
describe('the benchmark', () => {
  let programs: BuiltPrograms;
  beforeAll(async () => {
    programs = await buildFromSource('smoke');
  });
  afterAll(() => rm(dirname(programs.server), { recursive: true, force: true }));

  it('is answered by every server that it compares with', async () => {
    const child = await startChild({ program: programs.check, arguments: ['check'], core: 'load' });
    const outcome = await child.call('run').finally(child.stop);

    expect(outcome).toEqual({ failures: [], untried: [] });
  });

  it('goes on after what fails, and says once that it did', async () => {
    const table = { title: 'There', text: '', columns: [], rows: oneRound([[{ name: 'one' }, { ms: 1 }]]) };
    const failing = async () => {
      throw new Error('the server is gone');
    };
    const workload = (name: string, parts: Workload['parts']) => ({ name, seconds: () => 1, parts });

    const report = await runBenchmark({
      plan: SMOKE,
      planName: 'smoke',
      workloads: [
        workload('first', [failing, async () => [table], failing]),
        workload('second', [async () => [table]]),
      ],
      programs,
      onProgress: () => undefined,
    });

    expect(report.tables).toEqual([table, table]);
    expect(report.complaints).toEqual(['first: the server is gone']);
  });

  it('compares our own server with itself at another commit, line by line', async () => {
    const report = await runBenchmark({
      plan: SMOKE,
      planName: 'smoke',
      workloads: workloads.filter(({ name }) => name === 'resume'),
      programs,
      other: { name: 'abc1234', programs },
      onProgress: () => undefined,
    });

    expect(report.complaints).toEqual([]);
    expect(report.tables[0]?.rows.map(({ name }) => name)).toEqual(['**Tyrum** at abc1234', '**Tyrum** here']);
  });

  it('says in a table what it measured', async () => {
    const report = await runBenchmark({
      plan: SMOKE,
      planName: 'smoke',
      workloads: workloads.filter(({ name }) => name === 'resume'),
      programs,
      onProgress: () => undefined,
    });

    expect(report.complaints).toEqual([]);
    expect(toMarkdown(report)).toMatch(
      /### Resume after 20 missed events\n[\s\S]+\n\| \*\*Tyrum\*\* \|( [\d.,]+ \|){5}/,
    );
  });
});
