import type { Json, JsonObject } from '../../packages/contracts/src/artefacts/json.ts';
import { type Context, changed, type Judgement, semantic } from './judgement.ts';

/** Judges what became of an error code. `undefined` where it is not there. */
export function judgeError(
  { next }: Context,
  code: string,
  old: Json | undefined,
  now: Json | undefined,
): readonly Judgement[] {
  const subject = `error ${code}`;
  if (old === undefined)
    return [
      {
        subject,
        path: '',
        what: 'the code came',
        verdict: 'wire',
        fails: 'old peer',
        advice: `the table is closed: a new code is revision ${next}`,
      },
    ];
  if (now === undefined)
    return [{ subject, path: '', what: 'the code is gone', verdict: 'wire', fails: 'new peer', advice: 'keep it' }];
  return judgeRow(subject, old as JsonObject, now as JsonObject, 'a repeat means something else to each side: keep it');
}

/** Judges what became of a close code. `undefined` where it is not there. */
export function judgeCloseCode(code: string, old: Json | undefined, now: Json | undefined): readonly Judgement[] {
  const subject = `close code ${code}`;
  if (old === undefined || now === undefined) {
    return [
      semantic(
        subject,
        '',
        old === undefined ? 'the code came' : 'the code is gone',
        'a peer takes a code it does not know for a lost connection',
      ),
    ];
  }
  return judgeRow(subject, old as JsonObject, now as JsonObject, 'a client does something else after it: keep it');
}

function judgeRow(subject: string, old: JsonObject, now: JsonObject, advice: string): readonly Judgement[] {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return keys.flatMap((key) =>
    changed(
      old[key],
      now[key],
      semantic(subject, key, `${key} goes from ${JSON.stringify(old[key])} to ${JSON.stringify(now[key])}`, advice),
    ),
  );
}
