import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Unacked } from './unacked.ts';

it('counts what was sent and is not acknowledged, whatever was left out and whatever is acknowledged [FC-6]', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('send' as const), by: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ do: fc.constant('ack' as const), back: fc.integer({ min: -2, max: 20 }) }),
  );
  void fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const unacked = new Unacked();
      let sent: number[] = [];
      let position = 0;
      for (const one of steps) {
        if (one.do === 'send') {
          position += one.by;
          unacked.add(position);
          sent.push(position);
        } else {
          const upTo = position - one.back;
          unacked.ack(upTo);
          sent = sent.filter((at) => at > upTo);
        }
        expect(unacked.count).toBe(sent.length);
      }
    }),
  );
});
