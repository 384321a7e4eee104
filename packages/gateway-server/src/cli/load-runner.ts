import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TurnRunner } from '@tyrum/gateway-core';

/** A module that was named as the runner and cannot be one; the message says why. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError';
}

/**
 * Imports the module that answers conversations: a file, as seen from the working directory, or a package installed there.
 *
 * @throws {RunnerError} when there is no such module, it fails to load, or exports no runner.
 */
export async function loadRunner(module: string): Promise<TurnRunner> {
  let exported: { readonly default?: unknown; readonly runner?: unknown };
  try {
    exported = await import(locate(module));
  } catch (cause) {
    throw new RunnerError(`the runner ${module} cannot be loaded: ${firstLine(cause)}`, { cause });
  }
  const runner = [exported.default, exported.runner].find(isRunner);
  if (runner === undefined) {
    throw new RunnerError(
      `the runner ${module} has no default export, and none named runner, with a method run(turn, context)`,
    );
  }
  return runner;
}

function locate(module: string): string {
  const file = resolve(module);
  if (/^[./]/.test(module) || existsSync(file)) return pathToFileURL(file).href;
  try {
    return pathToFileURL(createRequire(resolve('package.json')).resolve(module)).href;
  } catch {
    // A package without CommonJS cannot be looked up like this; it is found where this one is installed, or said not to be there.
    return module;
  }
}

function isRunner(value: unknown): value is TurnRunner {
  return typeof value === 'object' && value !== null && 'run' in value && typeof value.run === 'function';
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] as string;
}
