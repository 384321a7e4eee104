import { isIPv4, isIPv6 } from 'node:net';
import type { Clock } from '@tyrum/contracts';

/** Addresses that are remembered at a time; the one not heard of for longest is forgotten first. */
const MOST_ADDRESSES = 10_000;

/** How often one address may begin something. */
export interface AddressRate {
  /** Counts one attempt. Answers 0, or the milliseconds after which the next one is let through. */
  take(address: string | undefined): number;
}

/** @param rate `perSecond` sustained and `burst` at once, for each address */
export function createAddressRate(
  rate: { readonly perSecond: number; readonly burst: number },
  clock: Clock,
): AddressRate {
  const intervalMs = 1000 / rate.perSecond;
  const slackMs = (rate.burst - 1) * intervalMs;
  /** For each address the moment at which it will have used up nothing of its rate. */
  const idleAt = new Map<string, number>();
  return {
    take(address) {
      const name = networkOf(address);
      const now = clock.elapsed();
      const at = Math.max(now, idleAt.get(name) ?? now);
      const waitMs = Math.max(0, Math.ceil(at - now - slackMs));
      idleAt.delete(name);
      idleAt.set(name, waitMs > 0 ? at : at + intervalMs);
      if (idleAt.size > MOST_ADDRESSES) idleAt.delete(idleAt.keys().next().value as string);
      return waitMs;
    },
  };
}

/** What one party holds at the least: an IPv4 address, or the 64 bits of an IPv6 network, whose hosts it makes up at will. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return 'local';
  const mapped = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  if (isIPv4(mapped)) return mapped;
  if (!isIPv6(address)) return address;
  const [before = '', after] = (address.split('%')[0] as string).split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? [] : new Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
