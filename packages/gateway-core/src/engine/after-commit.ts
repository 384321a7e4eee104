import type { Telemetry } from '../ports/telemetry.ts';

/** Runs what waited for a commit. The commit holds whatever they do, so one that throws is logged and stops nothing. */
export function runAfterCommit(actions: Iterable<() => void>, telemetry: Telemetry): void {
  for (const action of actions) {
    try {
      action();
    } catch (cause) {
      telemetry.log('error', 'what was to follow a commit failed', { cause: causeText(cause) });
    }
  }
}

/** What was thrown, for a log: with its stack where it has one. */
export function causeText(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
