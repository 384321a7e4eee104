import type { Clock } from '@tyrum/contracts';
import type { LogLevel, Telemetry } from '@tyrum/gateway-core';
import { createRedactor } from './redact.ts';

/** From the most to the least talkative. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

export interface LoggerOptions {
  /** Takes one line with its line end. */
  readonly write: (line: string) => void;
  /** `json`: one object a line, `{ level, time, message, fields? }`. `text`: a line for a person. */
  readonly format: 'json' | 'text';
  /** Nothing below it is written. @default 'info' */
  readonly level?: LogLevel;
  /** Texts that never appear in a line, such as the admin token. Whatever looks like a token does not either (SEC-2). */
  readonly secrets?: readonly string[];
  readonly clock: Clock;
}

/** Writes what the gateway does as lines. */
export function createLogger({ write, format, level = 'info', secrets = [], clock }: LoggerOptions): Telemetry {
  const redactor = createRedactor(secrets);
  const least = LOG_LEVELS.indexOf(level);
  return {
    log(lineLevel, message, fields) {
      if (LOG_LEVELS.indexOf(lineLevel) < least) return;
      const time = new Date(clock.now()).toISOString();
      const clean = fields === undefined ? undefined : (redactor.value(fields) as Record<string, unknown>);
      const line = {
        level: lineLevel,
        time,
        message: redactor.text(message),
        ...(clean === undefined ? {} : { fields: clean }),
      };
      write(`${format === 'json' ? JSON.stringify(line) : textLine(line)}\n`);
    },
  };
}

function textLine({
  level,
  time,
  message,
  fields = {},
}: {
  level: string;
  time: string;
  message: string;
  fields?: Record<string, unknown>;
}): string {
  const words = Object.entries(fields).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  return `${time} ${level.padEnd(5)} ${oneLine(message)}${words.join('')}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
