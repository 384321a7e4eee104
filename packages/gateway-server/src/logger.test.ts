import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from './logger.ts';

const clock = { now: () => 1_700_000_000_000, elapsed: () => 0, after: () => () => {} };

function logLines(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  return { lines, logger: createLogger({ write: (line) => lines.push(line), format: 'json', clock, ...options }) };
}

describe('the log', () => {
  it('is one JSON object a line', () => {
    const { lines, logger } = logLines();

    logger.log('warn', 'two\nlines', { device_id: 'dev_1', count: 2 });
    logger.log('info', 'nothing else');

    expect(lines).toEqual([
      '{"level":"warn","time":"2023-11-14T22:13:20.000Z","message":"two\\nlines","fields":{"device_id":"dev_1","count":2}}\n',
      '{"level":"info","time":"2023-11-14T22:13:20.000Z","message":"nothing else"}\n',
    ]);
  });

  it('is one tidy line for a person, whatever is in it', () => {
    const { lines, logger } = logLines({ format: 'text' });

    logger.log('error', 'the store\r\n does not commit', { cause: 'a\nb', at: { line: 1 } });

    expect(lines).toEqual(['2023-11-14T22:13:20.000Z error the store does not commit cause="a\\nb" at={"line":1}\n']);
  });

  it('leaves out what is below its level', () => {
    const { lines, logger } = logLines({ level: 'warn' });

    for (const level of ['debug', 'info', 'warn', 'error'] as const) logger.log(level, level);

    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'error']);
  });

  it('holds no secret, neither in the message nor in a field [SEC-2]', () => {
    const { lines, logger } = logLines({ secrets: ['opensesame'] });

    logger.log('info', 'opensesame and Bearer abc', { token: 'x', url: '/?opensesame' });

    expect(lines.join('')).not.toMatch(/opensesame|abc|"x"/);
    expect(lines).toHaveLength(1);
  });
});
