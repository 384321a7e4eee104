import { type Outcome, type TrueCursors, trueOutcomes } from '../truth/cursors.ts';
import type { TrueLogs } from '../truth/logs.ts';
import type { Verdict } from '../truth/verdict.ts';
import { audienceTag } from './delivery-rule.ts';
import type { Watched } from './watched.ts';
import type { WireRule } from './wire-watch.ts';

/** What every resume is answered: the truth. */
export function recoveryRule(options: {
  readonly verdict: Verdict;
  readonly logs: TrueLogs;
  readonly cursors: TrueCursors;
}): WireRule {
  const { verdict, logs, cursors } = options;
  /** The newest cursor of each device whose acknowledgement was answered, and the newest that may have been kept. */
  const confirmed = new Map<string, { position: number; branch: number }>();
  const nameOf = ({ party }: Watched) => `${party.tenant} ${party.deviceId}`;

  function told({ recovery }: { readonly recovery?: { readonly outcome: string; readonly reason?: string } }): Outcome {
    return (recovery?.outcome === 'snapshot_required' ? recovery.reason : recovery?.outcome) as Outcome;
  }

  return {
    response(watched, { ok }, asked) {
      if (!ok || asked?.type !== 'events.ack') return;
      const facts = cursors.find(asked.payload.cursor as string);
      const before = confirmed.get(nameOf(watched));
      if (
        facts === undefined ||
        (before !== undefined && before.branch === facts.branch && before.position > facts.position)
      )
        return;
      confirmed.set(nameOf(watched), { position: facts.position, branch: facts.branch });
    },
    opened(watched, { result }, cursor) {
      if (cursor === undefined || result === undefined || watched.viewer === undefined) return;
      const { party, resume, viewer } = watched;
      const log = logs.of(party.tenant);
      const outcome = told(result);
      const place = `${party.name} on #${watched.link.id}`;
      if (resume === 'acked') {
        const acked = confirmed.get(nameOf(watched));
        const mustKnow = acked !== undefined && acked.branch === log.branch;
        if (mustKnow && outcome === 'fresh') {
          verdict.fail(
            'every event or told',
            `${place} asked for what it acknowledged, position ${acked.position}, and was told fresh`,
          );
        }
        return;
      }
      const facts = resume === undefined ? undefined : cursors.find(resume);
      const resumer = {
        tenant: party.tenant,
        deviceId: party.deviceId,
        role: party.role,
        scopes: audienceTag(watched, cursor),
        revision: viewer.revision,
      };
      const truths: readonly Outcome[] = resume === undefined ? ['fresh'] : trueOutcomes(facts, resumer, log);
      if (truths.includes(outcome)) return;
      // Decided while the log was being trimmed: both were true within the handshake.
      const movedMeanwhile = logs.trimmedAt(party.tenant) >= watched.acceptedAt;
      const eitherIsTrue = [outcome, ...truths].every((each) => each === 'trimmed' || each === 'resumed');
      if (movedMeanwhile && eitherIsTrue) return;
      verdict.fail('every event or told', `${place} was told ${outcome}, and the truth is ${truths.join(' or ')}`);
    },
  };
}
