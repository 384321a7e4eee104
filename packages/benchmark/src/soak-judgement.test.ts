import { describe, expect, it } from 'vitest';
import { judgeSoak, type Look } from './soak-judgement.ts';

/** Ten minutes with a look every five seconds, with noise that is the same in every run. */
function looks(each: (answered: number, at: number) => Partial<Look>, count = 120): readonly Look[] {
  return Array.from({ length: count }, (_, at) => {
    const answered = at * 150_000;
    const noise = ((at * 7919) % 101) - 50;
    return {
      seconds: at * 5,
      answered,
      used: 22_000_000 + noise * 4000,
      rss: 130_000_000 + noise * 40_000,
      ...each(answered, at),
    };
  });
}

describe('a soak', () => {
  it('is flat where memory only moves to and fro', () => {
    const { text, flat } = judgeSoak(looks(() => ({})));

    expect(flat).toBe(true);
    expect(text).toMatch(
      /^heap and buffers: -?0\.00\d ± 0\.00\d bytes per answer, -?\d+\.\d KiB per minute\n[\s\S]+\nflat$/,
    );
  });

  it('is flat where memory grew at first and then no more', () => {
    expect(judgeSoak(looks((_, at) => ({ used: 22_000_000 + Math.min(at, 25) * 1_000_000 }))).flat).toBe(true);
  });

  it('is not where one of ten answers leaves an object', () => {
    const { text, flat } = judgeSoak(
      looks((answered, at) => ({ used: 22_000_000 + answered * 1.6 + (at % 7) * 200_000 })),
    );

    expect(flat).toBe(false);
    expect(text).toMatch(/\nnot flat: more than 1 byte of heap and buffers stays for each answer$/);
  });

  it('is not where memory grows that the heap does not know of', () => {
    const { text, flat } = judgeSoak(looks((answered) => ({ rss: 130_000_000 + answered * 12 })));

    expect(flat).toBe(false);
    expect(text).toMatch(/\nnot flat: more than 8 bytes resident stay for each answer$/);
  });

  it('is not a leak where so little was looked at that a slope is chance', () => {
    const swings = looks((_, at) => ({ used: 22_000_000 + (at % 2) * 30_000_000 }), 20);

    expect(judgeSoak(swings).flat).toBe(true);
  });

  it('proves nothing when it was short', () => {
    expect(judgeSoak(looks(() => ({}), 9))).toEqual({ text: 'too short for a slope: let it run longer', flat: false });
  });
});
