import { describe, expect, it } from 'vitest';
import { toMarkdown } from './report.ts';
import { oneRound } from './rounds.ts';

describe('a report', () => {
  it('is a table with a line for each server, and says what is missing', () => {
    const text = toMarkdown({
      machine: { processor: 'A processor', cores: 2, node: '20.20.2', system: 'Linux 6.1', pinned: true, load: 0.04 },
      startedAt: '2026-03-04T05:06:07.089Z',
      seconds: 61.2,
      plan: 'quick',
      tables: [
        {
          title: 'A title',
          text: 'What was done.',
          columns: [
            { metric: 'perSecond', title: 'ratio', ratio: true, digits: 2 },
            { metric: 'perSecond', title: 'answers/s' },
            { metric: 'unknown', title: 'never shown' },
          ],
          rows: oneRound([
            [{ name: 'base' }, { perSecond: 2000 }],
            [{ name: 'ours' }, { perSecond: 3000 }],
          ]),
        },
      ],
      complaints: ['read: it did not start'],
    });

    expect(
      text,
    ).toBe(`2026-03-04, A processor, 2 cores, Node.js 20.20.2, Linux 6.1; servers on one core, load on another; load average 0.0 when it began; quick, 61 s.

Each figure is the median of its rounds, with the least and the most. A ratio compares two turns of the same round; the first line is its base.

### A title

What was done.

|  | ratio | answers/s |
| --- | ---: | ---: |
| base | 1.00 | 2,000 |
| ours | 1.50 | 3,000 |

> not measured: read: it did not start

`);
  });
});
