import type {
  EventArtefact,
  RequestArtefact,
  RevisionArtefact,
} from '../../packages/contracts/src/artefacts/describe.ts';
import type { Json, JsonObject } from '../../packages/contracts/src/artefacts/json.ts';
import { type SchemaChange, schemaChanges } from './schema-changes.ts';

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

/** Who writes and who reads a message. */
type Course = 'to gateway' | 'to peer' | 'both ways';

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
      judgeCloseCode(context, code, old, now),
    ),
  ];
}

/** Whether a judgement stands in the way of keeping the number of the revision. */
export function breaks({ verdict }: Judgement): boolean {
  return verdict === 'wire' || verdict === 'semantic';
}

interface Context {
  readonly before: RevisionArtefact;
  readonly after: RevisionArtefact;
  /** The revision in which such a change can be made. */
  readonly next: number;
  readonly strictPeers: boolean;
}

function judgeEach<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
  judgeOne: (name: string, old: T | undefined, now: T | undefined) => readonly Judgement[],
): readonly Judgement[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => judgeOne(name, before[name], after[name]));
}

function judgeRequest(
  context: Context,
  type: string,
  old: RequestArtefact | undefined,
  now: RequestArtefact | undefined,
): readonly Judgement[] {
  const subject = `request ${type}`;
  const base = { subject, path: '' };
  if (old === undefined || now === undefined) {
    const toGateway = (old ?? now)?.direction !== 'to_peer';
    return [
      old === undefined
        ? {
            ...base,
            what: 'the request came',
            verdict: 'wire',
            fails: toGateway ? 'new peer' : 'old peer',
            advice: `give it since: ${context.next}`,
          }
        : {
            ...base,
            what: 'the request is gone',
            verdict: 'wire',
            fails: toGateway ? 'old peer' : 'new peer',
            advice: `keep it, with until: ${context.after.revision}`,
          },
    ];
  }
  const course = courseOf(old.direction);
  return [
    ...changed(old.direction, now.direction, {
      ...base,
      path: 'direction',
      what: `direction goes from ${old.direction} to ${now.direction}`,
      verdict: 'wire',
      fails: 'both',
      advice: `define another request, since: ${context.next}`,
    }),
    ...(['roles', 'scopes', 'errors'] as const).flatMap((key) => setChange(context, subject, key, old[key], now[key])),
    ...changed(
      old.effect,
      now.effect,
      semantic(
        subject,
        'effect',
        `effect goes from ${old.effect} to ${now.effect}`,
        `define another request, since: ${context.next}`,
      ),
    ),
    ...changed(old.since, now.since, {
      ...base,
      path: 'since',
      what: 'since changed',
      verdict: 'source',
      fails: 'nobody',
      advice: 'none needed',
    }),
    ...proseChange(subject, old, now),
    ...judgeSchema(context, subject, 'payload', old.payload, now.payload, course),
    ...judgeResult(context, subject, old, now, reversed(course)),
  ];
}

function judgeResult(
  context: Context,
  subject: string,
  old: RequestArtefact,
  now: RequestArtefact,
  course: Course,
): readonly Judgement[] {
  const [before, after] = [old.result, now.result];
  if ((before === undefined) === (after === undefined))
    return judgeSchema(context, subject, 'result', before, after, course);
  const base = { subject, path: 'result', verdict: 'wire', advice: castAdvice(context, subject) } as const;
  return before === undefined
    ? [{ ...base, what: 'a void result has a value', fails: 'both' }]
    : [{ ...base, what: 'the result became void', fails: failing('wider', course) }];
}

function judgeEvent(
  context: Context,
  type: string,
  old: EventArtefact | undefined,
  now: EventArtefact | undefined,
): readonly Judgement[] {
  const subject = `event ${type}`;
  const base = { subject, path: '' };
  if (old === undefined) {
    return [
      context.strictPeers
        ? {
            ...base,
            what: 'the event came',
            verdict: 'wire',
            fails: 'old peer',
            advice: `give it since: ${context.next}`,
          }
        : {
            ...base,
            what: 'the event came',
            verdict: 'source',
            fails: 'nobody',
            advice: 'none needed: a peer ignores events it does not know',
          },
    ];
  }
  if (now === undefined) {
    return [
      {
        ...base,
        what: 'the event is gone',
        verdict: 'wire',
        fails: 'old peer',
        advice: `keep it, with until: ${context.after.revision}`,
      },
    ];
  }
  return [
    ...(['roles', 'scopes'] as const).flatMap((key) => setChange(context, subject, key, old[key], now[key])),
    ...changed(
      old.kept,
      now.kept,
      semantic(
        subject,
        'kept',
        `kept goes from ${old.kept} to ${now.kept}`,
        `define another event, since: ${context.next}`,
      ),
    ),
    ...changed(old.since, now.since, {
      ...base,
      path: 'since',
      what: 'since changed',
      verdict: 'source',
      fails: 'nobody',
      advice: 'none needed',
    }),
    ...proseChange(subject, old, now),
    ...judgeSchema(context, subject, 'payload', old.payload, now.payload, 'to peer'),
  ];
}

function judgeError(
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

function judgeCloseCode(
  _context: Context,
  code: string,
  old: Json | undefined,
  now: Json | undefined,
): readonly Judgement[] {
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

function judgeSchema(
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
function failing(movement: 'narrower' | 'wider' | 'other', course: Course): Judgement['fails'] {
  if (movement === 'other' || course === 'both ways') return 'both';
  return (movement === 'narrower') === (course === 'to gateway') ? 'old peer' : 'new peer';
}

function courseOf(direction: string): Course {
  if (direction === 'both') return 'both ways';
  return direction === 'to_peer' ? 'to peer' : 'to gateway';
}

function reversed(course: Course): Course {
  if (course === 'both ways') return course;
  return course === 'to peer' ? 'to gateway' : 'to peer';
}

function castAdvice({ before, next }: Context, subject: string): string {
  return `make it revision ${next}, with a cast of ${subject} from ${before.revision}`;
}

function fieldAdvice({ after, next }: Context, what: string): string {
  return what.includes('came')
    ? `make it optional, with 'x-since': ${next}`
    : `keep it, optional, with 'x-until': ${after.revision}`;
}

function setChange(
  { next }: Context,
  subject: string,
  key: string,
  old: readonly string[],
  now: readonly string[],
): readonly Judgement[] {
  const gone = old.filter((one) => !now.includes(one));
  const come = now.filter((one) => !old.includes(one));
  const what = [...gone.map((one) => `- ${one}`), ...come.map((one) => `+ ${one}`)].join(', ');
  return changed(
    what,
    '',
    semantic(subject, key, `${key}: ${what}`, `who may do what is part of a revision: make it revision ${next}`),
  );
}

function proseChange(subject: string, old: JsonObject, now: JsonObject): readonly Judgement[] {
  return changed(old.summary, now.summary, {
    subject,
    path: 'summary',
    what: 'another sentence',
    verdict: 'none',
    fails: 'nobody',
    advice: 'none needed',
  });
}

function semantic(subject: string, path: string, what: string, advice: string): Judgement {
  return { subject, path, what, verdict: 'semantic', fails: 'nobody', advice };
}

function changed(old: Json | undefined, now: Json | undefined, judgement: Judgement): readonly Judgement[] {
  return JSON.stringify(old) === JSON.stringify(now) ? [] : [judgement];
}

function table(artefact: RevisionArtefact, name: string): Readonly<Record<string, Json>> {
  const value = artefact[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
