import { DEFAULT_GATEWAY_LIMITS } from '@tyrum/gateway-core';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from './program.ts';
import { limitsOf, SETTINGS } from './settings.ts';

function read(words: readonly string[], environment: Record<string, string> = {}) {
  const written = { out: '', err: '' };
  const invocation = readCommandLine({
    words,
    environment,
    version: '1.2.3',
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
  });
  return { invocation, ...written };
}

function settingsOf(words: readonly string[], environment: Record<string, string> = {}) {
  const { invocation, err } = read(['start', ...words], environment);
  if (!('settings' in invocation)) throw new Error(err);
  return invocation.settings;
}

describe('the command line', () => {
  it('has a default for everything', () => {
    const settings = settingsOf([]);

    expect(settings).toMatchObject({
      host: '127.0.0.1',
      port: 8788,
      data: 'tyrum-data',
      json: false,
      log_level: 'info',
      path: '/ws',
    });
    expect(settings.token).toBeUndefined();
    expect(settings.runner).toBeUndefined();
    expect(limitsOf(settings)).toEqual(DEFAULT_GATEWAY_LIMITS);
  });

  it('takes every setting from its flag', () => {
    for (const [key, setting] of Object.entries(SETTINGS)) {
      const flag = `--${key.replaceAll('_', '-')}`;
      const text = exampleOf(key);
      const words = setting.placeholder === undefined ? [flag] : [flag, text];

      expect(settingsOf(words), key).toMatchObject({ [key]: setting.parse(text) });
    }
  });

  it('takes every setting from its environment variable, and the flag before it', () => {
    for (const [key, setting] of Object.entries(SETTINGS)) {
      const variable = `TYRUM_${key.toUpperCase()}`;

      expect(settingsOf([], { [variable]: exampleOf(key) }), key).toMatchObject({
        [key]: setting.parse(exampleOf(key)),
      });
    }
    expect(settingsOf(['--port', '1'], { TYRUM_PORT: '2' }).port).toBe(1);
    expect(settingsOf(['--json'], { TYRUM_JSON: 'false' }).json).toBe(true);
    expect(settingsOf([], { TYRUM_JSON: 'false' }).json).toBe(false);
  });

  it.each([
    [['--port', '65536'], {}, 'error: --port is "65536": expected a whole number from 0 to 65535\n'],
    [['--port', '1e3'], {}, 'error: --port is "1e3": expected a whole number from 0 to 65535\n'],
    [['--port', ''], {}, 'error: --port is "": expected a whole number from 0 to 65535\n'],
    [
      [],
      { TYRUM_MAX_FRAME_BYTES: '16383' },
      'error: TYRUM_MAX_FRAME_BYTES is "16383": expected a whole number from 16384 to 268435456\n',
    ],
    [[], { TYRUM_JSON: 'yes' }, 'error: TYRUM_JSON is "yes": expected true or false\n'],
    [['--log-level', 'loud'], {}, 'error: --log-level is "loud": expected one of debug, info, warn, error\n'],
    [['--path', 'ws'], {}, 'error: --path is "ws": expected a path such as /ws\n'],
    [['--data', ''], {}, 'error: --data is "": expected some text\n'],
    [['--prot', '1'], {}, "error: unknown option '--prot'\n(Did you mean --port?)\n"],
    [['--port'], {}, "error: option '--port <port>' argument missing\n"],
    [['extra'], {}, "error: too many arguments for 'start'. Expected 0 arguments but got 1.\n"],
  ])('is refused in a line that says what is wrong: %j %j', (words, environment, expected) => {
    const { invocation, out, err } = read(['start', ...words], environment as Record<string, string>);

    expect([invocation, out, err]).toEqual([{ exitCode: 2 }, '', expected]);
  });

  it('never repeats a token [SEC-2]', () => {
    const { invocation, err } = read(['start', '--token', 'open sesame, open sesame']);

    expect(invocation).toEqual({ exitCode: 2 });
    expect(err).toBe('error: --token: expected 16 to 1024 visible ASCII characters without a space\n');
  });

  it('is explained: each flag, what it is for, and its default', () => {
    const { invocation, out } = read(['start', '--help']);

    expect(invocation).toEqual({ exitCode: 0 });
    for (const key of Object.keys(SETTINGS)) expect(out).toContain(`--${key.replaceAll('_', '-')}`);
    expect(out.replace(/\s+/g, ' ')).toContain(
      '--drain-ms <ms> How long a stopping gateway lets requests finish (default: 10000)',
    );
  });

  it('tells the version, and needs a command', () => {
    expect(read(['--version'])).toEqual({ invocation: { exitCode: 0 }, out: '1.2.3\n', err: '' });
    expect(read(['--help']).invocation).toEqual({ exitCode: 0 });
    expect(read([])).toMatchObject({
      invocation: { exitCode: 2 },
      err: expect.stringContaining('Usage: tyrum-gateway'),
    });
    expect(read(['stop']).invocation).toEqual({ exitCode: 2 });
  });
});

/** A text that is not the default of a setting. */
function exampleOf(key: string): string {
  const texts: Record<string, string> = {
    json: 'true',
    log_level: 'debug',
    path: '/a/b',
    host: '::1',
    data: '/data',
    token: 'sixteen-letters!',
    runner: './r.js',
    port: '1',
  };
  return texts[key] ?? '70001';
}
