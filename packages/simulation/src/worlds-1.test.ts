import { test } from 'vitest';
import { FIXED_SET } from './fixed-set.ts';
import { expectWell } from './running/expect-well.ts';

// Two files, so that two threads run them.
test('the first half of the fixed set is well', async () => {
  await expectWell(FIXED_SET.slice(0, 250));
}, 600_000);
