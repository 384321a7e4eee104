import { test } from 'vitest';
import { FIXED_SET } from './fixed-set.ts';
import { expectWell } from './running/expect-well.ts';

test('the second half of the fixed set is well', async () => {
  await expectWell(FIXED_SET.slice(250));
}, 600_000);
