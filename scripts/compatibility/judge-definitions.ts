import type { EventArtefact, RequestArtefact } from '../../packages/contracts/src/artefacts/describe.ts';
import type { JsonObject } from '../../packages/contracts/src/artefacts/json.ts';
import { type Course, castAdvice, failing, judgeSchema } from './judge-schema.ts';
import { type Context, changed, type Judgement, semantic } from './judgement.ts';

/** Judges what became of a request. `undefined` where it is not there. */
export function judgeRequest(
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
    ...natureChange(context, subject, 'effect', old.effect, now.effect, 'request'),
    ...unnoticedChanges(subject, old, now),
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

/** Judges what became of an event. `undefined` where it is not there. */
export function judgeEvent(
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
    ...natureChange(context, subject, 'kept', old.kept, now.kept, 'event'),
    ...unnoticedChanges(subject, old, now),
    ...judgeSchema(context, subject, 'payload', old.payload, now.payload, 'to peer'),
  ];
}

function courseOf(direction: string): Course {
  if (direction === 'both') return 'both ways';
  return direction === 'to_peer' ? 'to peer' : 'to gateway';
}

function reversed(course: Course): Course {
  if (course === 'both ways') return course;
  return course === 'to peer' ? 'to gateway' : 'to peer';
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

/** What a definition is at heart changed: its messages mean something else. */
function natureChange(
  { next }: Context,
  subject: string,
  key: string,
  old: string,
  now: string,
  noun: 'request' | 'event',
): readonly Judgement[] {
  const what = `${key} goes from ${old} to ${now}`;
  return changed(old, now, semantic(subject, key, what, `define another ${noun}, since: ${next}`));
}

/** What no peer can notice: since when it is there, and how it is described. */
function unnoticedChanges(subject: string, old: JsonObject, now: JsonObject): readonly Judgement[] {
  const base = { subject, fails: 'nobody', advice: 'none needed' } as const;
  return [
    ...changed(old.since, now.since, { ...base, path: 'since', what: 'since changed', verdict: 'source' }),
    ...changed(old.summary, now.summary, { ...base, path: 'summary', what: 'another sentence', verdict: 'none' }),
  ];
}
