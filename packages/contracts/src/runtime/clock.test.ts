import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

describe('the clock of the machine', () => {
  it('calls back once, after the time it was given', () => {
    vi.useFakeTimers({ now: 1_000 });
    const calls: number[] = [];
    const clock = systemClock();

    clock.after(50, () => calls.push(clock.now()));
    vi.advanceTimersByTime(500);

    expect(calls).toEqual([1_050]);
  });

  it('does not call back what was undone, however often', () => {
    vi.useFakeTimers();
    const callback = vi.fn();

    const undo = systemClock().after(50, callback);
    undo();
    undo();
    vi.advanceTimersByTime(500);

    expect(callback).not.toHaveBeenCalled();
  });

  it('measures durations beside the time of day', () => {
    vi.useFakeTimers();
    const clock = systemClock();
    const before = clock.elapsed();

    vi.advanceTimersByTime(250);

    expect(clock.elapsed() - before).toBe(250);
  });
});
