import type { Json } from '../../packages/contracts/src/artefacts/json.ts';
import type { Context, Judgement } from './judgement.ts';
import { type SchemaChange, schemaChanges } from './schema-changes.ts';

/** Who writes and who reads a message. */
export type Course = 'to gateway' | 'to peer' | 'both ways';

/** Judges what became of the schema of one part of a message. */
export function judgeSchema(
  context: Context,
  subject: string,
  part: string,
  old: Json | undefined,
  now: Json | undefined,
  course: Course,
): readonly Judgement[] {
  const changes = schemaChanges(
    { schema: old, definitions: context.before.$defs },
    { schema: now, definitions: context.after.$defs },
    part,
  );
  const judged = changes.map((change) => judgeChange(context, subject, change, course));
  return judged.length > 0 || JSON.stringify(old) === JSON.stringify(now) ? judged : [renamed(subject, part)];
}

function renamed(subject: string, path: string): Judgement {
  return {
    subject,
    path,
    what: 'the same is said in other words',
    verdict: 'source',
    fails: 'nobody',
    advice: 'none needed',
  };
}

function judgeChange(
  context: Context,
  subject: string,
  { path, movement, what }: SchemaChange,
  course: Course,
): Judgement {
  const base = { subject, path, what };
  const advice = castAdvice(context, subject);
  if (movement === 'meaning') return { ...base, verdict: 'semantic', fails: 'nobody', advice };
  if (movement === 'ignored') {
    return context.strictPeers && what.includes('came')
      ? { ...base, verdict: 'wire', fails: 'old peer', advice: fieldAdvice(context, what) }
      : { ...base, verdict: 'source', fails: 'nobody', advice: 'none needed: a peer drops what it does not know' };
  }
  return {
    ...base,
    verdict: 'wire',
    fails: failing(movement, course),
    advice: what.includes('field') ? fieldAdvice(context, what) : advice,
  };
}

/** Narrower: what the old side writes is refused. Wider: what the new side writes is not understood. */
export function failing(movement: 'narrower' | 'wider' | 'other', course: Course): Judgement['fails'] {
  if (movement === 'other' || course === 'both ways') return 'both';
  return (movement === 'narrower') === (course === 'to gateway') ? 'old peer' : 'new peer';
}

/** The advice for what can only be done in another revision. */
export function castAdvice({ before, next }: Context, subject: string): string {
  return `make it revision ${next}, with a cast of ${subject} from ${before.revision}`;
}

function fieldAdvice({ after, next }: Context, what: string): string {
  return what.includes('came')
    ? `make it optional, with 'x-since': ${next}`
    : `keep it, optional, with 'x-until': ${after.revision}`;
}
