import { describe, expect, it } from 'vitest';
import { Inbox } from './inbox.ts';

describe('an inbox', () => {
  it('takes frames up in their order, as far as that is allowed, also when taking one brings another [RQ-4]', () => {
    const taken: string[] = [];
    let room = 0;
    const inbox = new Inbox({
      mayTake: () => room > 0,
      take(text) {
        room -= 1;
        if (text === 'a') inbox.add('brought by a');
        taken.push(text);
      },
    });

    inbox.add('a');
    inbox.add('b');
    inbox.add('c');
    expect([taken, inbox.waiting()]).toEqual([[], 3]);
    room = 2;
    inbox.proceed();
    expect([taken, inbox.waiting()]).toEqual([['a', 'b'], 2]);
    room = 1;
    inbox.add('d');
    expect(taken).toEqual(['a', 'b', 'c']);
    inbox.clear();

    expect(inbox.waiting()).toBe(0);
  });

  it('goes on after a frame that could not be taken', () => {
    const taken: string[] = [];
    const inbox = new Inbox({
      mayTake: () => true,
      take(text) {
        if (text === 'bad') throw new Error('a bug');
        taken.push(text);
      },
    });

    expect(() => inbox.add('bad')).toThrow('a bug');
    inbox.add('good');

    expect(taken).toEqual(['good']);
  });
});
