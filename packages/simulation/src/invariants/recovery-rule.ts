import { type Outcome, type Resumer, type TrueCursors, trueOutcomes } from '../truth/cursors.ts';
import type { TrueLogs } from '../truth/logs.ts';
import type { Verdict } from '../truth/verdict.ts';
import { audienceTag } from './delivery-rule.ts';
import type { Watched } from './watched.ts';
import type { WireRule } from './wire-watch.ts';

/** What every resume from a cursor is answered: the truth. */
export function recoveryRule(options: {
  readonly verdict: Verdict;
  readonly logs: TrueLogs;
  readonly cursors: TrueCursors;
}): WireRule {
  const { verdict, logs, cursors } = options;
  return {
    opened(watched, { result }, cursor) {
      const { party, link, log, resume } = watched;
      if (cursor === undefined || result === undefined || resume === 'acked') return;
      const outcome = toldOutcome(result);
      const truths: readonly Outcome[] =
        resume === undefined ? ['fresh'] : trueOutcomes(cursors.find(resume), resumerOf(watched, cursor), log);
      if (truths.includes(outcome) || eitherWithinTrim(watched, logs, [outcome, ...truths])) return;
      verdict.fail(
        'every event or told',
        `${party.name} on #${link.id} was told ${outcome}, and the truth is ${truths.join(' or ')}`,
      );
    },
  };
}

/** What the result of a `connect.proof` says. */
export function toldOutcome({
  recovery,
}: {
  readonly recovery?: { readonly outcome: string; readonly reason?: string };
}): Outcome {
  return (recovery?.outcome === 'snapshot_required' ? recovery.reason : recovery?.outcome) as Outcome;
}

/** @param cursor the one that was handed out with the answer */
export function resumerOf(watched: Watched, cursor: string): Resumer {
  const { party, viewer } = watched;
  return {
    tenant: party.tenant,
    deviceId: party.deviceId,
    role: party.role,
    scopes: audienceTag(watched, cursor),
    revision: viewer?.revision ?? 2,
  };
}

/** Decided while the log was being trimmed: `trimmed` and `resumed` were both true within the handshake. */
export function eitherWithinTrim(watched: Watched, logs: TrueLogs, outcomes: readonly Outcome[]): boolean {
  if (logs.trimmedAt(watched.party.tenant) < watched.acceptedAt) return false;
  return outcomes.every((each) => each === 'trimmed' || each === 'resumed');
}
