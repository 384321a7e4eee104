import type { RevisionArtefact } from '../../packages/contracts/src/artefacts/describe.ts';
import type { Json, JsonObject } from '../../packages/contracts/src/artefacts/json.ts';
import { judgeEvent, judgeRequest } from './judge-definitions.ts';
import { judgeSchema } from './judge-schema.ts';
import { judgeCloseCode, judgeError } from './judge-tables.ts';
import type { Context, Judgement } from './judgement.ts';

/** Revision 2 is spoken by strict readers that hang up on one unknown key; from 3 on a peer drops what it does not know. */
const LAST_STRICT_REVISION = 2;

/** Judges every difference between two artefacts of one revision, or of two. */
export function judge(before: RevisionArtefact, after: RevisionArtefact): readonly Judgement[] {
  const next = Math.max(before.revision, after.revision) + (before.revision === after.revision ? 1 : 0);
  const context: Context = { before, after, next, strictPeers: after.revision <= LAST_STRICT_REVISION };
  return [
    ...judgeEach(before.requests, after.requests, (type, old, now) => judgeRequest(context, type, old, now)),
    ...judgeEach(before.events, after.events, (type, old, now) => judgeEvent(context, type, old, now)),
    ...judgeEach(table(before, 'frames'), table(after, 'frames'), (name, old, now) =>
      judgeSchema(context, `frame ${name}`, '', old, now, 'both ways'),
    ),
    ...judgeEach(table(before, 'errors'), table(after, 'errors'), (code, old, now) =>
      judgeError(context, code, old, now),
    ),
    ...judgeEach(table(before, 'close_codes'), table(after, 'close_codes'), (code, old, now) =>
      judgeCloseCode(code, old, now),
    ),
  ];
}

function judgeEach<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  judgeOne: (name: string, old: T | undefined, now: T | undefined) => readonly Judgement[],
): readonly Judgement[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => judgeOne(name, before[name], after[name]));
}

function table(artefact: RevisionArtefact, name: string): Readonly<Record<string, Json>> {
  const value = artefact[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
