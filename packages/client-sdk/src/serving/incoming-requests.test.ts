import { ProtocolError } from '@tyrum/contracts';
import { describe, expect, test } from 'vitest';
import { uuid } from '../../test/fake-gateway.ts';
import { createOpenWorld, createWorld, settled } from '../../test/world.ts';
import { createMemoryJournal, type Journal } from '../index.ts';

const ACTION = { type: 'CLI', args: { name: 'uptime' } };
const dispatch = (number: number, more: object = {}) => ({ dispatch_id: uuid(number), action: ACTION, ...more });

/** A journal that outlives the process, as a test can see into it. */
function durableJournal(): Journal {
  return { ...createMemoryJournal(), durable: true };
}

describe('a node', () => {
  test('serves what it is asked, and answers with the result', async () => {
    const { client, gateway } = await createWorld({ role: 'node' });
    const payloads: unknown[] = [];
    client.handle('task.execute', (payload) => {
      payloads.push(payload);
      return { result: { load: 0.1 } };
    });
    await client.connect();
    gateway.last.ask('task.execute', { ...dispatch(1, { attempt: 1 }), from_the_future: true }, uuid(1));
    await settled();

    expect(payloads).toEqual([dispatch(1, { attempt: 1 })]);
    expect(gateway.last.responses).toEqual([
      { request_id: uuid(1), type: 'task.execute', ok: true, result: { result: { load: 0.1 } } },
    ]);
  });

  test('answers ping [LV-3]', async () => {
    const { gateway } = await createOpenWorld({ role: 'node' });
    gateway.last.ask('ping', {}, 'g-1');
    await settled();

    expect(gateway.last.responses).toEqual([{ request_id: 'g-1', type: 'ping', ok: true }]);
  });

  test.each([
    { what: 'an unknown type', type: 'moon.rise', payload: {} },
    { what: 'a type without a handler', type: 'task.execute', payload: dispatch(1) },
    { what: 'a type of the other direction', type: 'conversation.list', payload: {} },
  ])('answers $what with unsupported_operation [RQ-1] [RQ-2]', async ({ type, payload }) => {
    const { gateway } = await createOpenWorld({ role: 'node' });
    gateway.last.ask(type, payload);
    await settled();

    expect(gateway.last.responses).toMatchObject([
      { type, ok: false, error: { code: 'unsupported_operation', retryable: false } },
    ]);
  });

  test('is not what a client is', async () => {
    const { client, gateway } = await createWorld();
    client.handle('task.execute', () => ({}));
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1));
    await settled();

    expect(gateway.last.responses).toMatchObject([{ ok: false, error: { code: 'unsupported_operation' } }]);
  });

  test('answers a payload that does not fit with its path, and the handler is not called', async () => {
    const { client, gateway } = await createWorld({ role: 'node' });
    client.handle('task.execute', () => {
      throw new Error('called');
    });
    await client.connect();
    gateway.last.ask('task.execute', { dispatch_id: 7, action: ACTION }, 'g-1');
    gateway.last.sendRaw(JSON.stringify({ request_id: 'g-2', type: 'task.execute' }));
    await settled();

    expect(gateway.last.responses).toMatchObject([
      {
        request_id: 'g-1',
        ok: false,
        error: { code: 'contract_error', details: { issues: [{ path: ['payload', 'dispatch_id'] }] } },
      },
      { request_id: 'g-2', ok: false, error: { code: 'contract_error', details: { issues: [{ path: ['payload'] }] } } },
    ]);
  });

  test('answers what a handler throws as internal, and keeps the cause to itself', async () => {
    const { client, gateway, errors } = await createWorld({ role: 'node', mayReportErrors: true });
    client.handle('task.execute', async () => {
      throw new Error('the password is hunter2');
    });
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1), uuid(1));
    await settled();

    expect(gateway.last.responses).toEqual([
      {
        request_id: uuid(1),
        type: 'task.execute',
        ok: false,
        error: { code: 'internal', message: 'the handler failed', retryable: false },
      },
    ]);
    expect(errors).toEqual(['handler of task.execute: the password is hunter2']);
  });

  test('answers a ProtocolError as it is, at revision 2 without the keys of revision 3 [FR-12]', async () => {
    const answers = async (revisions: number[]) => {
      const { client, gateway } = await createWorld({ role: 'node', revisions });
      client.handle('task.execute', () => {
        throw new ProtocolError('invalid_state', 'not now', { details: { battery: 1 }, retryAfterMs: 50 });
      });
      await client.connect();
      gateway.last.ask('task.execute', dispatch(1));
      await settled();
      return gateway.last.responses.map((response) => (response.ok ? undefined : response.error));
    };

    expect(await answers([2])).toEqual([{ code: 'invalid_state', message: 'not now', details: { battery: 1 } }]);
    expect(await answers([3])).toEqual([
      { code: 'invalid_state', message: 'not now', details: { battery: 1 }, retryable: false, retry_after_ms: 50 },
    ]);
  });

  test('answers internal where the result does not fit the contract or the frame', async () => {
    const { client, gateway, errors } = await createWorld({
      role: 'node',
      mayReportErrors: true,
      gatewayOptions: { limits: { max_frame_bytes: 2_000 } },
    });
    const results: unknown[] = [{ moon: 'full' }, { result: 1n }, { result: 'x'.repeat(3_000) }];
    client.handle('task.execute', () => results.shift() as object);
    await client.connect();
    for (const number of [1, 2, 3]) {
      gateway.last.ask('task.execute', dispatch(number));
      await settled();
    }

    expect(gateway.last.responses.map((response) => !response.ok && response.error.message)).toEqual([
      'the handler failed',
      'the handler failed',
      'the result is larger than a frame',
    ]);
    expect(errors).toHaveLength(3);
  });

  test('answers overloaded when it handles as much as it may, and begins nothing', async () => {
    const journal = createMemoryJournal();
    const { client, gateway } = await createWorld({ role: 'node', journal, limits: { maxHandling: 1 } });
    client.handle('task.execute', () => new Promise(() => {}));
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1));
    gateway.last.ask('task.execute', dispatch(2));
    await settled();

    expect(gateway.last.responses).toMatchObject([{ ok: false, error: { code: 'overloaded', retryable: true } }]);
    expect(await journal.find(`task.execute ${uuid(2)}`)).toBeUndefined();
  });

  test('takes one handler of a type at a time', async () => {
    const { client } = await createWorld({ role: 'node' });
    const undo = client.handle('task.execute', () => ({}));

    expect(() => client.handle('task.execute', () => ({}))).toThrow('task.execute has a handler already');
    undo();
    client.handle('task.execute', () => ({}));
  });
});

describe('a dispatch that is sent again', () => {
  test('while it runs joins the run, and every asking is answered once [RQ-12]', async () => {
    const { client, gateway } = await createWorld({ role: 'node' });
    let runs = 0;
    let finish = () => {};
    client.handle('task.execute', async () => {
      runs += 1;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { result: runs };
    });
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1, { attempt: 1 }), uuid(1));
    await settled();
    gateway.last.ask('task.execute', dispatch(1, { attempt: 2 }), uuid(1));
    await settled();
    expect(gateway.last.responses).toEqual([]);
    finish();
    await settled();

    expect(gateway.last.responses.map((response) => response.ok && response.result)).toEqual([
      { result: 1 },
      { result: 1 },
    ]);
    expect(runs).toBe(1);
  });

  test('after the connection died is answered on the new one; the run went on [RQ-20]', async () => {
    const { client, gateway, clock } = await createWorld({ role: 'node' });
    let runs = 0;
    let finish = () => {};
    client.handle('task.execute', async (_, { signal }) => {
      runs += 1;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { result: { runs, aborted: signal.aborted } };
    });
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1, { attempt: 1 }), uuid(1));
    await settled();
    gateway.last.close(1006);
    await clock.advance(500);
    finish();
    await settled();
    expect(gateway.last.responses).toEqual([]);
    gateway.last.ask('task.execute', dispatch(1, { attempt: 2 }), uuid(1));
    await settled();

    expect(gateway.last.responses).toMatchObject([
      { request_id: uuid(1), ok: true, result: { result: { runs: 1, aborted: false } } },
    ]);
  });

  test('after it is done is answered from the journal, an error too [RQ-20]', async () => {
    const { client, gateway, restart } = await createWorld({ role: 'node', journal: durableJournal() });
    let runs = 0;
    client.handle('task.execute', () => {
      runs += 1;
      throw new ProtocolError('invalid_state', 'not now');
    });
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1, { attempt: 1 }));
    await settled();
    await client.close();

    const next = restart();
    next.handle('task.execute', () => ({ result: 'ran twice' }));
    await next.connect();
    gateway.last.ask('task.execute', dispatch(1, { attempt: 2 }));
    await settled();

    expect(runs).toBe(1);
    expect(gateway.last.responses).toMatchObject([{ ok: false, error: { code: 'invalid_state', message: 'not now' } }]);
  });

  test.each([
    { journal: 'durable', started: true, attempt: 2, answer: 'outcome_unknown', rule: '[RQ-21]' },
    { journal: 'durable', started: false, attempt: 2, answer: 'ran', rule: '[RQ-20]' },
    { journal: 'memory', started: false, attempt: 2, answer: 'outcome_unknown', rule: '[RQ-22]' },
    { journal: 'memory', started: false, attempt: 1, answer: 'ran', rule: '[RQ-20]' },
    { journal: 'memory', started: false, attempt: undefined, answer: 'ran', rule: '[RQ-20]' },
  ])(
    'and found in a $journal journal (started: $started) at attempt $attempt ends as $answer $rule',
    async ({ journal: kind, started, attempt, answer }) => {
      const journal = kind === 'durable' ? durableJournal() : createMemoryJournal();
      if (started) await journal.start(`task.execute ${uuid(1)}`);
      const { client, gateway } = await createWorld({ role: 'node', journal });
      client.handle('task.execute', () => ({ result: 'ran' }));
      await client.connect();
      gateway.last.ask('task.execute', dispatch(1, attempt === undefined ? {} : { attempt }));
      await settled();

      expect(
        gateway.last.responses.map((response) =>
          response.ok ? (response.result as { result: string }).result : response.error.code,
        ),
      ).toEqual([answer]);
    },
  );

  test('is started in the journal before it runs, and finished there before it is answered', async () => {
    const steps: string[] = [];
    const inner = durableJournal();
    const journal: Journal = {
      ...inner,
      async start(key) {
        await settled();
        await inner.start(key);
        steps.push('started');
      },
      async finish(key, outcome) {
        await settled();
        await inner.finish(key, outcome);
        steps.push(`finished, answered ${gateway.last.responses.length}`);
      },
    };
    const { client, gateway } = await createWorld({ role: 'node', journal });
    client.handle('task.execute', () => {
      steps.push('ran');
      return {};
    });
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1));
    for (let turns = 0; turns < 4; turns += 1) await settled();

    expect(steps).toEqual(['started', 'ran', 'finished, answered 0']);
    expect(gateway.last.responses).toHaveLength(1);
  });

  test('is not begun when the journal cannot be written: it may be asked again', async () => {
    let runs = 0;
    const { client, gateway, errors } = await createWorld({
      role: 'node',
      mayReportErrors: true,
      journal: {
        ...durableJournal(),
        start() {
          throw new Error('disk full');
        },
      },
    });
    client.handle('task.execute', () => {
      runs += 1;
      return {};
    });
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1));
    await settled();

    expect(gateway.last.responses).toMatchObject([{ ok: false, error: { code: 'unavailable', retryable: true } }]);
    expect(errors).toEqual(['the journal: disk full']);
    expect(runs).toBe(0);
  });
});

describe('a task that nobody waits for', () => {
  /** Runs until its signal says stop. */
  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

  test('is aborted by task.abort, which is answered at once [RQ-23]', async () => {
    const { client, gateway } = await createWorld({ role: 'node' });
    client.handle('task.execute', (_, { signal }) => untilAborted(signal));
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1), uuid(1));
    gateway.last.ask('task.execute', dispatch(2), uuid(2));
    await settled();
    gateway.last.ask('task.abort', { dispatch_id: uuid(1), reason: 'no longer wanted' }, 'g-9');
    await settled();

    expect(gateway.last.responses).toEqual(
      expect.arrayContaining([
        { request_id: 'g-9', type: 'task.abort', ok: true },
        {
          request_id: uuid(1),
          type: 'task.execute',
          ok: false,
          error: { code: 'cancelled', message: 'no longer wanted', retryable: false },
        },
      ]),
    );
    expect(gateway.last.responses).toHaveLength(2);
  });

  test('is aborted by its deadline', async () => {
    const { client, gateway, clock } = await createWorld({ role: 'node' });
    client.handle('task.execute', (_, { signal }) => untilAborted(signal));
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1, { deadline_ms: 2_000 }));
    await clock.advance(1_999);
    expect(gateway.last.responses).toEqual([]);
    await clock.advance(1);

    expect(gateway.last.responses).toMatchObject([{ ok: false, error: { code: 'timeout' } }]);
  });

  test('is told to the handler of task.abort too, where there is one', async () => {
    const { client, gateway } = await createWorld({ role: 'node' });
    const aborted: string[] = [];
    client.handle('task.abort', ({ dispatch_id }) => void aborted.push(dispatch_id));
    await client.connect();
    gateway.last.ask('task.abort', { dispatch_id: uuid(1) });
    await settled();

    expect(aborted).toEqual([uuid(1)]);
    expect(gateway.last.responses).toMatchObject([{ type: 'task.abort', ok: true }]);
  });

  test('is aborted when the node is closed, and its outcome is kept', async () => {
    const journal = durableJournal();
    const { client, gateway } = await createWorld({ role: 'node', journal });
    client.handle('task.execute', (_, { signal }) => untilAborted(signal));
    await client.connect();
    gateway.last.ask('task.execute', dispatch(1));
    await settled();
    await client.close();
    await settled();

    expect(await journal.find(`task.execute ${uuid(1)}`)).toMatchObject({
      state: 'finished',
      outcome: { error: { code: 'cancelled' } },
    });
  });
});

describe('a memory journal', () => {
  test('forgets the oldest finished entries past its limit, and never what runs', async () => {
    const journal = createMemoryJournal(2);
    await journal.start('running');
    for (const key of ['one', 'two', 'three']) {
      await journal.start(key);
      await journal.finish(key, { ok: true });
    }

    expect(await journal.find('one')).toBeUndefined();
    expect(await journal.find('two')).toEqual({ state: 'finished', outcome: { ok: true } });
    expect(await journal.find('running')).toEqual({ state: 'started' });
  });
});
