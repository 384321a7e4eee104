import { StoreUnavailableError } from '@tyrum/gateway-core';
import { StoreLockedError, StoreVersionError } from '@tyrum/store-sqlite';
import { DataDirectoryError } from '../data-directory.ts';
import type { Settings } from './settings.ts';

/**
 * Why a start failed, in one line for the person who can change it, or `undefined` when it was nothing that one could expect.
 */
export function describeStartFailure(cause: unknown, settings: Settings): string | undefined {
  if (cause instanceof DataDirectoryError || cause instanceof StoreLockedError || cause instanceof StoreVersionError) {
    return cause.message;
  }
  if (cause instanceof StoreUnavailableError)
    return `the data directory ${settings.data} cannot be used: ${cause.message}`;
  if (!(cause instanceof Error) || !('syscall' in cause) || !('code' in cause)) return undefined;
  return describeListenFailure(String(cause.code), settings);
}

function describeListenFailure(code: string, { host, port }: Settings): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use; stop what uses it, or choose another with --port`;
    case 'EACCES':
      return `port ${port} of ${host} may not be used by this user; choose one above 1023 with --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine; choose another with --host`;
    default:
      return undefined;
  }
}
