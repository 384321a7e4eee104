import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleGatewayCommand } from '../../../scripts/workspace/bundle-gateway-command.ts';
import { openClient } from './test-support/handshake.ts';

const TOKEN = 'an-admin-token-for-tests';

const bundled = mkdtempSync(join(tmpdir(), 'tyrum-gateway-'));
let command: string;
beforeAll(async () => {
  command = await bundleGatewayCommand(bundled);
});
afterAll(() => rmSync(bundled, { recursive: true, force: true }));

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), 'tyrum-cli-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Runs the command with nothing of the surrounding environment that could configure it. */
function run(words: readonly string[], environment: Record<string, string> = {}, cwd = temporary()) {
  const child = spawn(process.execPath, [command, ...words], {
    cwd,
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...environment },
  });
  cleanups.push(() => void child.kill('SIGKILL'));
  const written = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    written.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    written.err += text;
  });
  return { child, written, cwd, ended: once(child, 'close') as Promise<[code: number | null]> };
}

/** Waits for a text on one of the streams of a run; fails when the run ends without it. */
async function until(
  { child, written }: ReturnType<typeof run>,
  stream: 'out' | 'err',
  pattern: RegExp,
): Promise<void> {
  const readable = (stream === 'out' ? child.stdout : child.stderr) as NonNullable<ChildProcess['stdout']>;
  while (!pattern.test(written[stream])) {
    await Promise.race([once(readable, 'data'), once(child, 'close')]);
    if (child.exitCode !== null && !pattern.test(written[stream])) throw new Error(JSON.stringify(written));
  }
}

async function listening(program: ReturnType<typeof run>) {
  await until(program, 'out', /\n/);
  return JSON.parse(program.written.out.split('\n')[0] as string) as { url: string; http: string; gateway_id: string };
}

// Each test starts a process or two, which takes as long as the machine is busy.
describe('tyrum-gateway start', { timeout: 60_000 }, () => {
  it('tells a program where it listens, in the first line, and serves with the given token', async () => {
    const program = run(['start', '--port', '0', '--json'], { TYRUM_TOKEN: TOKEN });

    const line = await listening(program);
    const { port } = new URL(line.url);
    expect(line).toEqual({
      event: 'listening',
      url: `ws://127.0.0.1:${port}/ws`,
      http: `http://127.0.0.1:${port}`,
      gateway_id: expect.stringMatching(/^gw_[a-z2-7]{52}$/),
    });
    expect((await fetch(`${line.http}/readyz`)).status).toBe(200);
    const client = await openClient(line.url, TOKEN);
    expect(await client.ask('conversation.list', {})).toMatchObject({ ok: true });

    const closed = once(client.socket, 'close');
    program.child.kill('SIGTERM');
    expect((await closed)[0]).toBe(1012);
    expect(await program.ended).toEqual([0, null]);
    for (const text of program.written.err.trim().split('\n')) expect(JSON.parse(text)).toHaveProperty('message');
    expect(program.written.out + program.written.err).not.toContain(TOKEN);
  });

  it('makes an admin token once, tells it once, and keeps it and its identity', async () => {
    const data = temporary();
    const first = run(['start', '--port', '0', '--data', data]);
    await until(first, 'out', /Ctrl\+C/);
    const token = /tyt_[\w-]{43}/.exec(first.written.out)?.[0] as string;
    const url = /ws:\S+/.exec(first.written.out)?.[0] as string;
    const client = await openClient(url, token);
    client.socket.terminate();
    first.child.kill('SIGINT');
    expect(await first.ended).toEqual([0, null]);

    const second = run(['start', '--port', '0', '--data', data]);
    await until(second, 'out', /Ctrl\+C/);
    const again = await openClient(/ws:\S+/.exec(second.written.out)?.[0] as string, token);
    again.socket.terminate();
    second.child.kill('SIGTERM');
    await second.ended;

    expect(second.written.out).toContain('made at an earlier start; set another with TYRUM_TOKEN or --token');
    expect(second.written.out).not.toContain(token);
    expect(second.written.out).toContain(data);
    expect(/gw_\w+/.exec(second.written.out)?.[0]).toBe(/gw_\w+/.exec(first.written.out)?.[0]);
  });

  it('answers conversations with the runner of a module', async () => {
    const cwd = temporary();
    writeFileSync(
      join(cwd, 'runner.mjs'),
      'export const runner = { run: async (turn, context) => void (await context.say("from the runner")) };',
    );
    const program = run(['start', '--port', '0', '--json', '--runner', './runner.mjs'], { TYRUM_TOKEN: TOKEN }, cwd);
    const { url } = await listening(program);
    const { socket, ask } = await openClient(url, TOKEN);
    const heard: string[] = [];
    socket.on('message', (data) => heard.push(String(data)));

    const { result } = await ask('conversation.create', {});
    const conversation = result?.conversation as { readonly conversation_id: string };
    const messages = [{ id: 'm1', role: 'user', parts: [{ type: 'text', text: 'hello' }] }];
    await ask('conversation.send', {
      conversation_id: conversation.conversation_id,
      messages,
      trigger: 'submit-message',
    });
    while (!heard.some((text) => text.includes('from the runner'))) await once(socket, 'message');

    socket.terminate();
  });

  it.each([
    ['a wrong value', ['--port', 'http'], /^error: --port is "http": expected a whole number from 0 to 65535\n$/],
    [
      'no such runner',
      ['--runner', './missing.mjs'],
      /^error: the runner \.\/missing\.mjs cannot be loaded: .*missing\.mjs.*\n$/,
    ],
    ['a module that is no runner', ['--runner', 'node:fs'], /^error: the runner node:fs .*\n$/],
  ])('exits with 2 and one line for %s, before anything is opened', async (_what, words, expected) => {
    const data = join(temporary(), 'never-made');
    const program = run(['start', ...words], { TYRUM_DATA: data });

    expect(await program.ended).toEqual([2, null]);
    expect(program.written.err).toMatch(expected);
    expect(program.written.out).toBe('');
    expect(existsSync(data)).toBe(false);
  });

  it('exits with 1 and one line when the data directory, its lock, or the port cannot be had', async () => {
    const data = temporary();
    const holder = run(['start', '--port', '0', '--json', '--data', data]);
    await listening(holder);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    cleanups.push(() => void taken.close());
    const { port } = taken.address() as { port: number };

    const runs = [
      run(['start', '--port', '0', '--data', '/dev/null/data']),
      run(['start', '--port', '0', '--data', data]),
      run(['start', '--port', String(port)]),
      run(['start', '--port', '0', '--host', '192.0.2.1', '--json']),
    ];

    const codes = await Promise.all(runs.map(async ({ ended }) => (await ended)[0]));
    expect(codes).toEqual([1, 1, 1, 1]);
    expect(runs[0]?.written.err).toMatch(/^error: the data directory \/dev\/null\/data cannot be used: .*\n$/);
    expect(runs[1]?.written.err).toMatch(
      new RegExp(`^error: ${data}/tyrum.sqlite is in use by process ${holder.child.pid} .*\n$`),
    );
    expect(runs[2]?.written.err).toBe(
      `error: port ${port} of 127.0.0.1 is in use; stop what uses it, or choose another with --port\n`,
    );
    expect(JSON.parse(runs[3]?.written.err ?? '')).toMatchObject({
      level: 'error',
      message: '192.0.2.1 is not an address of this machine; choose another with --host',
    });
  });

  it('ends at once on a second signal', async () => {
    const program = run(['start', '--port', '0', '--json', '--close-timeout-ms', '60000'], { TYRUM_TOKEN: TOKEN });
    const { url } = await listening(program);
    const { socket } = await openClient(url, TOKEN);
    // A peer that does not answer the close keeps the gateway waiting for it.
    socket.pause();

    program.child.kill('SIGTERM');
    await until(program, 'err', /stopping/);
    program.child.kill('SIGTERM');

    expect(await program.ended).toEqual([1, null]);
    socket.terminate();
  });

  it('logs what nobody caught, with an id, and exits with 1', async () => {
    const cwd = temporary();
    writeFileSync(
      join(cwd, 'careless.mjs'),
      'setTimeout(() => Promise.reject(new Error("Bearer secret-thing")), 500); export const runner = { async run() {} };',
    );
    const program = run(['start', '--port', '0', '--json', '--runner', './careless.mjs'], {}, cwd);

    expect(await program.ended).toEqual([1, null]);
    const last = JSON.parse(program.written.err.trim().split('\n').at(-1) as string);
    expect(last).toMatchObject({
      level: 'error',
      message: 'a rejection was not handled; the gateway ends',
      fields: {
        error_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        cause: expect.stringContaining('Bearer [redacted]'),
      },
    });
  });
});
