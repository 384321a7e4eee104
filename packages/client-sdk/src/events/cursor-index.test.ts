import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { createCursorIndex } from './cursor-index.ts';

describe('the index of cursors', () => {
  test('knows where the last ones came, and forgets those long before', () => {
    const cursors = createCursorIndex(createManualClock(), 10);
    for (let index = 0; index < 100; index += 1) cursors.note(`c.${index}`, index);

    expect([99, 95, 90].map((at) => cursors.find(`c.${at}`))).toEqual([99, 95, 90]);
    expect(cursors.find('c.70')).toBeUndefined();
  });

  test('knows the newer place of a cursor that came twice', () => {
    const cursors = createCursorIndex(createManualClock(), 2);
    for (const [index, cursor] of ['a', 'b', 'c', 'a'].entries()) cursors.note(cursor, index);

    expect(cursors.find('a')).toBe(3);
  });
});
