import { describe, expect, it } from 'vitest';
import { createSlidingWindow } from './sliding-window.ts';

describe('a sliding window', () => {
  it('is exceeded by one more than it allows, wherever its time begins [ER-8]', () => {
    let now = 0;
    const window = createSlidingWindow({ most: 3, windowMs: 10, elapsed: () => now });
    const at = (time: number) => {
      now = time;
      return window.exceeds();
    };

    expect([at(0), at(8), at(9), at(9)]).toEqual([false, false, false, true]);
    expect([at(17), at(18), at(19), at(20)]).toEqual([true, true, false, true]);
    expect([at(100), at(100), at(100), at(100)]).toEqual([false, false, false, true]);
  });
});
