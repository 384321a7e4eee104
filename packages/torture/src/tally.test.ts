import { expect, it } from 'vitest';
import { createTally } from './tally.ts';

it('a tally is complete once every client has applied the end of every turn that was acknowledged', () => {
  const tally = createTally();
  const apply = (name: string, type: string, turnId: string) =>
    tally.take(name, { kind: 'applied', eventId: `${name} ${type} ${turnId}`, type, turnId });

  tally.take('client1', { kind: 'acknowledged', messageId: 'm1', turnId: 't1' });
  tally.take('client2', { kind: 'acknowledged', messageId: 'm2', turnId: 't2' });
  for (const name of ['client1', 'client2']) apply(name, 'turn.queued', 't1');
  for (const name of ['client1', 'client2']) apply(name, 'turn.completed', 't1');
  apply('client1', 'turn.completed', 't2');
  expect(tally.complete).toBe(false);
  apply('client2', 'turn.completed', 't2');

  expect(tally.complete).toBe(true);
});
