import type { RevisionArtefact } from '../../packages/contracts/src/artefacts/describe.ts';
import type { Json } from '../../packages/contracts/src/artefacts/json.ts';

/**
 * What a change does to those who keep the older contract. `wire`: somebody fails; `semantic`: everything is still read and
 * means something else; `source`: only generated code changes; `none`: nobody can tell.
 */
export type Verdict = 'wire' | 'semantic' | 'source' | 'none';

export interface Judgement {
  /** `request turn.get` and the like: what the definition is called. */
  readonly subject: string;
  readonly path: string;
  readonly what: string;
  readonly verdict: Verdict;
  /** Who fails when the two contracts meet; `nobody` where everything is still read. */
  readonly fails: 'old peer' | 'new peer' | 'both' | 'nobody';
  readonly advice: string;
}

/** Whether a judgement stands in the way of keeping the number of the revision. */
export function breaks({ verdict }: Judgement): boolean {
  return verdict === 'wire' || verdict === 'semantic';
}

/** The two artefacts, and what follows from their numbers. */
export interface Context {
  readonly before: RevisionArtefact;
  readonly after: RevisionArtefact;
  /** The revision in which such a change can be made. */
  readonly next: number;
  readonly strictPeers: boolean;
}

/** Everything is still read, and means something else. */
export function semantic(subject: string, path: string, what: string, advice: string): Judgement {
  return { subject, path, what, verdict: 'semantic', fails: 'nobody', advice };
}

/** The judgement, if the two differ. */
export function changed(old: Json | undefined, now: Json | undefined, judgement: Judgement): readonly Judgement[] {
  return JSON.stringify(old) === JSON.stringify(now) ? [] : [judgement];
}
