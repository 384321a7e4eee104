import { describe, expect, it } from 'vitest';
import { measureFlow } from './measure-flow.ts';

describe('a measured flow', () => {
  it('sends everything to those that read, and keeps those that never do', { timeout: 120_000 }, async () => {
    const flow = await measureFlow({
      events: 110,
      readers: 3,
      rate: 220,
      messageBytes: 100,
      flags: [],
      onProgress: () => {},
    });

    expect(flow.parts.map(({ events }) => events)).toEqual([110, 110, 110]);
    expect(flow.stillConnected).toBe(3);
    for (const { p50, p99 } of flow.parts) expect(p99).toBeGreaterThanOrEqual(p50);
    expect(flow.ratio).toBeGreaterThan(0);
  });
});
