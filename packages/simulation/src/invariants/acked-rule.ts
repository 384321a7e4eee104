import { type CursorFacts, positionIn, type TrueCursors, trueOutcomes } from '../truth/cursors.ts';
import type { TrueLogs } from '../truth/logs.ts';
import type { Verdict } from '../truth/verdict.ts';
import { eitherWithinTrim, resumerOf, toldOutcome } from './recovery-rule.ts';
import type { Watched } from './watched.ts';
import type { WireRule } from './wire-watch.ts';

/** An acknowledgement that has arrived at the gateway. */
interface Ack {
  readonly facts: CursorFacts;
  /** Whether it was answered ok: then it is kept for good. */
  confirmed: boolean;
}

/** What a resume from `acked` is answered: it goes on from the newest place that the device acknowledged [EV-13]. */
export function ackedRule(options: {
  readonly verdict: Verdict;
  readonly logs: TrueLogs;
  readonly cursors: TrueCursors;
}): WireRule {
  const { verdict, logs, cursors } = options;
  const acksByDevice = new Map<string, Ack[]>();

  function acksOf({ party }: Watched): Ack[] {
    const name = `${party.tenant} ${party.deviceId}`;
    const acks = acksByDevice.get(name) ?? [];
    acksByDevice.set(name, acks);
    return acks;
  }

  return {
    request(watched, { type, payload }) {
      if (type !== 'events.ack') return;
      const facts = cursors.find(payload.cursor as string);
      if (facts !== undefined) acksOf(watched).push({ facts, confirmed: false });
    },
    response(watched, { ok }, asked) {
      if (!ok || asked?.type !== 'events.ack') return;
      const facts = cursors.find(asked.payload.cursor as string);
      for (const ack of acksOf(watched)) if (ack.facts === facts) ack.confirmed = true;
    },
    opened(watched, { result }, cursor) {
      if (cursor === undefined || result === undefined || watched.resume !== 'acked') return;
      const { party, link, log } = watched;
      const here = acksOf(watched).filter(({ facts }) => facts.branch === log.branch);
      const newest = Math.max(...here.flatMap(({ facts, confirmed }) => (confirmed ? [facts.position] : [])));
      // What a restored backup holds of the acknowledgements before it nobody outside knows.
      if (newest === Number.NEGATIVE_INFINITY && acksOf(watched).length > here.length) return;
      // Of those that were not answered, each may have been kept.
      const candidates = here.filter(({ facts }) => facts.position >= newest).map(({ facts }) => facts);
      const resumer = resumerOf(watched, cursor);
      const truths = candidates.flatMap((facts) => trueOutcomes(facts, resumer, log));
      if (newest === Number.NEGATIVE_INFINITY) truths.push('fresh');
      const outcome = toldOutcome(result);
      if (!truths.includes(outcome) && !eitherWithinTrim(watched, logs, [outcome, ...truths])) {
        const may = truths.join(' or ');
        verdict.fail(
          'every event or told',
          `${party.name} on #${link.id} asked for what it acknowledged, was told ${outcome}, and the truth is ${may}`,
        );
      }
      const position = positionIn(cursor);
      if (outcome === 'resumed' && !candidates.some((facts) => facts.position === position)) {
        verdict.fail(
          'every event or told',
          `${party.name} on #${link.id} acknowledged ${newest}, and is resumed at ${position}`,
        );
      }
    },
  };
}
