import { describe, expect, it } from 'vitest';
import { torture } from './torture.ts';

describe('a gateway that is killed, behind a network that fails', () => {
  it('loses nothing, does nothing twice and skips nothing', { timeout: 300_000 }, async () => {
    const outcome = await torture({
      seconds: 20,
      seed: 3,
      clients: 2,
      paceMs: 150,
      killEveryMs: 4000,
      strikeEveryMs: 1000,
    });

    expect(outcome.violations).toEqual([]);
    expect(outcome.kills).toBeGreaterThan(0);
    expect(outcome.acknowledged).toBeGreaterThan(0);
  });
});
