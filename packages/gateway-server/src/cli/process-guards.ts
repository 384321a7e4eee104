import { randomUuid, systemRandom } from '@tyrum/contracts';
import type { Telemetry } from '@tyrum/gateway-core';
import { describeCause } from '../describe-cause.ts';

/** How this program ends when it cannot go on. */
export const FAILED = 1;

/**
 * Ends the process, with a line in the log, on an error that nobody caught: what state it left behind is unknown, and the
 * store is built to be picked up after a crash. No peer can cause one; a runner can.
 */
export function exitOnUncaught(telemetry: Telemetry): void {
  const end = (message: string) => (cause: unknown) => {
    telemetry.log('error', message, { error_id: randomUuid(systemRandom()), cause: describeCause(cause) });
    process.exit(FAILED);
  };
  process.on('uncaughtException', end('an error was not caught; the gateway ends'));
  process.on('unhandledRejection', end('a rejection was not handled; the gateway ends'));
}

/** A reader that goes away, such as a closed pipe, takes only the lines with it and not the gateway. */
export function surviveClosedPipes(streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) stream.on('error', () => {});
}

/** Resolves with the first SIGTERM or SIGINT; a second one ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping) process.exit(FAILED);
        stopping = true;
        resolve(signal);
      });
    }
  });
}
