import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../ports/store.ts';
import { type CommitEngine, createGroupCommit, RunAgain } from './group-commit.ts';

describe('the group commit', () => {
  it('shares one commit among works that are ready in the same turn, and undoes each alone', async () => {
    const { commits, calls } = scripted();

    await Promise.all(['a', 'b'].map((name) => commits.transact((log) => void log.push(name))));

    expect(calls).toEqual(['begin', 'enter', 'a', 'release', 'enter', 'b', 'release', 'commit']);
  });

  it('rolls back a work that throws and goes on with the next', async () => {
    const { commits, calls } = scripted();
    const failing = commits.transact(() => {
      throw new RangeError('no');
    });
    const next = commits.transact(() => 'fine');

    await expect(failing).rejects.toThrow(new RangeError('no'));
    await expect(next).resolves.toBe('fine');
    expect(calls).toEqual(['begin', 'enter', 'rollback', 'enter', 'release', 'commit']);
  });

  it('finishes a work that takes its time before it starts the next', async () => {
    const { commits, calls } = scripted();
    const slow = commits.transact(async (log) => {
      log.push('slow begins');
      await Promise.resolve();
      log.push('slow ends');
    });

    await Promise.all([slow, commits.transact((log) => void log.push('quick'))]);

    expect(calls.slice(1, 6)).toEqual(['enter', 'slow begins', 'slow ends', 'release', 'enter']);
  });

  it('settles no work before the commit holds, not even one that failed', async () => {
    const gate = gated();
    const { commits } = scripted({ commit: () => gate.opened });
    const settled: string[] = [];
    const works = [
      commits.transact(() => 1).then(() => settled.push('kept')),
      commits
        .transact(() => {
          throw new RangeError('no');
        })
        .catch(() => settled.push('failed')),
    ];

    await turn();
    expect(settled).toEqual([]);

    gate.open();
    await Promise.all(works);
    expect(settled).toEqual(['kept', 'failed']);
  });

  it('rejects every work when the commit fails, a work that threw with its own error', async () => {
    const { commits, calls } = scripted({
      commit() {
        throw new Error('disk full');
      },
    });
    const kept = commits.transact(() => 1);
    const threw = commits.transact(() => {
      throw new RangeError('its own');
    });

    await expect(threw).rejects.toThrow(new RangeError('its own'));
    const error = await kept.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error).toMatchObject({ cause: new Error('disk full') });
    expect(calls.at(-1)).toBe('abort');
  });

  it.each(['begin', 'enter', 'release'] as const)('rejects every work when %s fails, and tries again', async (at) => {
    let broken = true;
    const { commits, calls } = scripted({
      [at]() {
        if (broken) throw new Error('gone');
      },
    });

    const works = [commits.transact(() => 1), commits.transact(() => 2)];
    for (const work of works) await expect(work).rejects.toThrow(StoreUnavailableError);
    expect(calls).not.toContain('commit');

    broken = false;
    await expect(commits.transact(() => 3)).resolves.toBe(3);
  });

  it('gives the whole batch up when a work shows that the transaction is lost, even if it swallowed the error', async () => {
    const full = new StoreUnavailableError('full');
    let lost: StoreUnavailableError | undefined;
    const { commits, calls } = scripted({ outage: () => lost });
    const before = commits.transact(() => 'before');
    const swallowing = commits.transact(() => {
      lost = full;
      return 'swallowed';
    });
    const after = commits.transact((log) => void log.push('after'));

    const settled = await Promise.allSettled([before, swallowing, after]);

    expect(settled).toEqual(Array(3).fill({ status: 'rejected', reason: full }));
    expect(calls).toEqual(['begin', 'enter', 'release', 'enter', 'abort']);
  });

  it.each(['rollback', 'commit'] as const)(
    'runs a batch again from the start when %s asks for it, and tells of the last run only',
    async (at) => {
      const attempts: number[] = [];
      const { commits, calls } = scripted({
        begin: (attempt) => void attempts.push(attempt),
        [at]() {
          if (attempts.length < 3) throw new RunAgain();
        },
      });
      const runs = { kept: 0, threw: 0 };
      const kept = commits.transact(() => ++runs.kept);
      const threw = commits.transact(() => {
        runs.threw += 1;
        throw new RangeError(`run ${runs.threw}`);
      });
      const mended = commits.transact(() => {
        if (attempts.length < 3) throw new RangeError('not yet');
        return 'fine';
      });

      expect(await Promise.allSettled([kept, threw, mended])).toEqual([
        { status: 'fulfilled', value: 3 },
        { status: 'rejected', reason: new RangeError('run 3') },
        { status: 'fulfilled', value: 'fine' },
      ]);
      expect(attempts).toEqual([0, 1, 2]);
      expect(calls.filter((call) => call === 'begin' || call === 'abort')).toEqual([
        'begin',
        'abort',
        'begin',
        'abort',
        'begin',
      ]);
    },
  );

  it('reports the error that led to it when giving up fails too', async () => {
    const { commits } = scripted({
      commit: () => Promise.reject(new StoreUnavailableError('the first')),
      abort: () => Promise.reject(new Error('the second')),
    });

    await expect(commits.transact(() => 1)).rejects.toThrow('the first');
  });

  it('puts works that come while a commit runs into the next batch', async () => {
    const gate = gated();
    const { commits, calls } = scripted({ commit: () => gate.opened });
    const first = commits.transact(() => 1);
    await turn();
    const second = commits.transact(() => 2);
    const third = commits.transact(() => 3);
    gate.open();

    await Promise.all([first, second, third]);

    expect(calls.filter((call) => call === 'commit' || call === 'enter')).toEqual([
      'enter',
      'commit',
      'enter',
      'enter',
      'commit',
    ]);
  });

  it('bounds a batch', async () => {
    const { commits, calls } = scripted({}, { maxBatch: 4 });

    const values = await Promise.all(Array.from({ length: 10 }, (_, at) => commits.transact(() => at)));

    expect(values).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(
      calls
        .join(' ')
        .split('begin ')
        .map((batch) => batch.split('enter').length - 1),
    ).toEqual([0, 4, 4, 2]);
  });

  it('begins a batch when the schedule it was given says so, and asks once', async () => {
    const scheduled: (() => void)[] = [];
    const { commits, calls } = scripted({}, { schedule: (callback) => void scheduled.push(callback) });
    const works = [commits.transact(() => 1), commits.transact(() => 2)];
    await turn();
    expect(calls).toEqual([]);
    expect(scheduled).toHaveLength(1);

    scheduled[0]?.();

    expect(await Promise.all(works)).toEqual([1, 2]);
  });

  it('closes the engine once what was started has finished, and refuses what comes later', async () => {
    const { commits, calls } = scripted({}, { maxBatch: 1 });
    const started = [commits.transact(() => 1), commits.transact(() => 2)];

    const closed = commits.close();
    await expect(commits.transact(() => 3)).rejects.toThrow(StoreUnavailableError);
    await closed;

    expect(await Promise.all(started)).toEqual([1, 2]);
    expect(calls.filter((call) => call === 'commit' || call === 'close')).toEqual(['commit', 'commit', 'close']);
    expect(commits.close()).toBe(closed);
  });

  it('closes at once when nothing runs', async () => {
    const { commits, calls } = scripted({}, { schedule: () => undefined });

    await commits.close();

    expect(calls).toEqual(['close']);
  });
});

/** An engine that notes what it is asked to do, and does what the test says. */
function scripted(
  script: Partial<CommitEngine<string[]>> = {},
  options: { maxBatch?: number; schedule?: (callback: () => void) => void } = {},
) {
  const calls: string[] = [];
  const step = (name: 'enter' | 'release' | 'rollback' | 'commit' | 'abort' | 'close') => () => {
    calls.push(name);
    return script[name]?.();
  };
  const engine: CommitEngine<string[]> = {
    handle: calls,
    begin(attempt) {
      calls.push('begin');
      return script.begin?.(attempt);
    },
    enter: step('enter'),
    release: step('release'),
    rollback: step('rollback'),
    commit: step('commit'),
    abort: step('abort'),
    close: step('close'),
    outage: script.outage ?? (() => undefined),
  };
  return { calls, commits: createGroupCommit({ engine, ...options }) };
}

function gated() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Lets a batch that is scheduled for the end of this turn run. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
