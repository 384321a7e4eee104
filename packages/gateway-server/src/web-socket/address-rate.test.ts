import { describe, expect, it } from 'vitest';
import { createAddressRate, networkOf } from './address-rate.ts';

function manualClock() {
  const clock = { at: 0, now: () => clock.at, elapsed: () => clock.at, after: () => () => {} };
  return clock;
}

describe('the rate of an address', () => {
  it('lets a burst through, then so many per second, and says how long to wait [UP-9]', () => {
    const clock = manualClock();
    const rate = createAddressRate({ perSecond: 2, burst: 3 }, clock);

    expect([1, 2, 3].map(() => rate.take('192.0.2.1'))).toEqual([0, 0, 0]);
    expect(rate.take('192.0.2.1')).toBe(500);
    clock.at = 499;
    expect(rate.take('192.0.2.1')).toBe(1);
    clock.at = 500;
    expect(rate.take('192.0.2.1')).toBe(0);
    expect(rate.take('192.0.2.1')).toBe(500);
  });

  it('counts each address for itself', () => {
    const rate = createAddressRate({ perSecond: 1, burst: 1 }, manualClock());

    expect(rate.take('192.0.2.1')).toBe(0);
    expect(rate.take('192.0.2.2')).toBe(0);
    expect(rate.take('192.0.2.1')).toBeGreaterThan(0);
  });

  it('forgets the address that it has not heard of for longest, and never the one that keeps coming', () => {
    const rate = createAddressRate({ perSecond: 1, burst: 1 }, manualClock());
    rate.take('idle');
    rate.take('busy');

    for (let count = 0; count < 10_000; count += 1) {
      rate.take(`other-${count}`);
      if (count % 100 === 0) rate.take('busy');
    }

    expect(rate.take('busy')).toBeGreaterThan(0);
    expect(rate.take('idle')).toBe(0);
  });

  it('takes an IPv6 network for one address, since one party holds all of it', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
    expect(networkOf('2001:db8:1:2::9')).toBe('2001:db8:1:2');
    expect(networkOf('2001:db8::9')).toBe('2001:db8:0:0');
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0');
    expect(networkOf('::1')).toBe('0:0:0:0');
    expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf(undefined)).toBe('local');
  });
});
