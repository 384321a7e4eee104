import { describe, expect, it } from 'vitest';
import { createLatencies } from './latencies.ts';

describe('latencies', () => {
  it('tell the one that a share of them does not exceed', () => {
    const latencies = createLatencies();
    for (let ms = 10_000; ms >= 1; ms -= 1) latencies.add(ms);

    expect(latencies.quantile(0.5)).toBe(5001);
    expect(latencies.quantile(0.99)).toBe(9901);
    expect(latencies.quantile(1)).toBe(10_000);
  });

  it('tell nothing where there are none', () => {
    expect(createLatencies().quantile(0.5)).toBeNaN();
  });
});
