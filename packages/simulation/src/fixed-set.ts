import { seedsFrom } from './running/run-worlds.ts';

/** The worlds that every test run looks at: they are well, and each deliberate bug is found in one of them. */
export const FIXED_SET = seedsFrom(1, 500);
