#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { systemClock } from '@tyrum/contracts';
import { greeting, startEvents } from './cli/greeting.ts';
import { loadRunner, RunnerError } from './cli/load-runner.ts';
import { exitOnUncaught, FAILED, stopSignal, surviveClosedPipes } from './cli/process-guards.ts';
import { readCommandLine, WRONG_USE } from './cli/program.ts';
import type { Settings } from './cli/settings.ts';
import { startGateway } from './cli/start.ts';
import { describeStartFailure } from './cli/start-failure.ts';
import { describeCause } from './describe-cause.ts';
import { createLogger } from './logger.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Runs `tyrum-gateway start` to its end; resolves with the exit code. */
async function run(settings: Settings): Promise<number> {
  const telemetry = createLogger({
    write: (line) => process.stderr.write(line),
    format: settings.json ? 'json' : 'text',
    level: settings.log_level,
    secrets: settings.token === undefined ? [] : [settings.token],
    clock: systemClock(),
  });
  surviveClosedPipes([process.stdout, process.stderr]);
  exitOnUncaught(telemetry);
  // What it writes to the data directory is nobody else's to read.
  process.umask(0o077);

  const signal = stopSignal();

  try {
    const runner = settings.runner === undefined ? undefined : await loadRunner(settings.runner);
    const { started, stop } = await startGateway({ settings, runner, telemetry, version });
    process.stdout.write(settings.json ? startEvents(started) : greeting(started));

    telemetry.log('info', 'stopping', { signal: await signal });
    await stop();
    telemetry.log('info', 'stopped');
    return 0;
  } catch (cause) {
    const reason = cause instanceof RunnerError ? cause.message : describeStartFailure(cause, settings);
    if (reason === undefined) telemetry.log('error', 'the gateway failed', { cause: describeCause(cause) });
    else if (settings.json) telemetry.log('error', reason);
    else process.stderr.write(`error: ${reason}\n`);
    return cause instanceof RunnerError ? WRONG_USE : FAILED;
  }
}

const invocation = readCommandLine({
  words: process.argv.slice(2),
  environment: process.env,
  version,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
// Whatever a runner left open, a timer for instance, does not keep a stopped gateway alive.
process.exit('settings' in invocation ? await run(invocation.settings) : invocation.exitCode);
