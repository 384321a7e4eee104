import type { Reading } from '../define/read-as.ts';
import type { Spoken } from '../define/spoken.ts';
import { REVISION_HASHES } from '../revision-hashes.gen.ts';
import { TYRUM_FACTS } from './facts.gen.ts';
import { speak } from './speak.ts';

/**
 * The same contract for a peer that trusts the other side: payloads and results are taken as they come. No default is filled in, no
 * unknown key is dropped, and nothing is refused.
 */
export const trustingTyrum: Spoken = /* @__PURE__ */ speak(TYRUM_FACTS, REVISION_HASHES, {
  request: ({ isVoid }) => ({ readPayload: take, readResult: isVoid ? undefined : take }),
  event: () => ({ readPayload: take }),
});

function take(value: unknown): Reading {
  return { fits: true, value };
}
