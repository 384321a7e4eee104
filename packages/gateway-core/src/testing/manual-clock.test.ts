import { describe, expect, it } from 'vitest';
import { createManualClock } from './manual-clock.ts';

describe('the manual clock', () => {
  it('calls back in the order of the times, each at its own, and those set on the way too', () => {
    const clock = createManualClock(1000);
    const heard: [string, number][] = [];
    clock.after(20, () => heard.push(['second', clock.now()]));
    clock.after(10, () => {
      heard.push(['first', clock.now()]);
      clock.after(5, () => heard.push(['between', clock.now()]));
    });
    clock.after(31, () => heard.push(['later', clock.now()]));

    clock.advance(30);

    expect(heard).toEqual([
      ['first', 1010],
      ['between', 1015],
      ['second', 1020],
    ]);
    expect(clock.now()).toBe(1030);
    expect(clock.waiting).toBe(1);
  });

  it('keeps the order in which callbacks of the same time were set, and forgets what was undone', () => {
    const clock = createManualClock();
    const heard: number[] = [];
    clock.after(10, () => heard.push(1));
    const undo = clock.after(10, () => heard.push(2));
    clock.after(10, () => heard.push(3));
    undo();

    clock.advance(10);
    undo();

    expect(heard).toEqual([1, 3]);
  });

  it('jumps without moving what measures durations', () => {
    const clock = createManualClock(1000);
    let heard = false;
    clock.after(10, () => {
      heard = true;
    });

    clock.set(5);

    expect([clock.now(), clock.elapsed(), heard]).toEqual([5, 0, false]);
    clock.advance(10);
    expect([clock.now(), clock.elapsed(), heard]).toEqual([15, 10, true]);
  });
});
