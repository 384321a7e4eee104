import type { Contract } from '@tyrum/contracts';
import { countersOf } from '../truth/counters.ts';
import { positionIn } from '../truth/cursors.ts';
import type { TrueLedger } from '../truth/ledger.ts';
import type { Verdict } from '../truth/verdict.ts';
import type { Asked, Watched } from './watched.ts';
import type { WireResponse, WireRule } from './wire-watch.ts';

interface Counter {
  readonly counter: string;
  readonly value: number;
}

/** Requests beyond `max_in_flight` that were read already when reading paused. */
const READ_AHEAD = 8;

/** What every request is answered: once, with its own answer, and not before what it did is synced. */
export function responseRule(options: {
  readonly verdict: Verdict;
  readonly ledger: TrueLedger;
  readonly contract: Contract;
  readonly maxInFlight: number;
}): WireRule {
  const { verdict, ledger, contract, maxInFlight } = options;
  const effects = new Map(
    contract.definitions.flatMap((definition) =>
      definition.kind === 'request' ? [[definition.type, definition.effect] as const] : [],
    ),
  );
  const unanswered = new Map<Watched, number>();
  const place = ({ party, link }: Watched) => `${party.name} on #${link.id}`;

  function judgeDurability(watched: Watched, response: WireResponse, asked: Asked): void {
    if (!response.ok || effects.get(asked.type) === 'read') return;
    const { tenant, deviceId: device } = watched.party;
    const entry = ledger.find({ tenant, device, type: asked.type, key: asked.key })?.entry;
    if (entry?.state !== 'completed' || entry.response?.startsWith('{"ok":true') !== true) {
      verdict.fail(
        'no early acknowledgement',
        `${asked.type} ${asked.requestId} of ${place(watched)} was answered ok, and nothing of it is synced`,
      );
    }
  }

  function judgeToken(watched: Watched, { ok, result }: WireResponse, asked: Asked): void {
    const { token } = asked.payload;
    if (!ok || typeof token !== 'string' || result === undefined || result.token === token) return;
    verdict.fail(
      'one ending',
      `${asked.type} ${asked.requestId} of ${place(watched)} for ${token} was given the answer for ${String(result.token)}`,
    );
  }

  /** What `request.status` says has to be so: what was synced before it was asked, it knows. */
  function judgeStatus(watched: Watched, { ok, result }: WireResponse, asked: Asked): void {
    if (!ok || asked.type !== 'request.status') return;
    const { tenant, deviceId: device } = watched.party;
    const { type, request_id, idempotency_key } = asked.payload as Readonly<Record<string, string>>;
    const found = ledger.find({ tenant, device, type: type ?? '', key: idempotency_key ?? request_id ?? '' });
    const state = found === undefined || found.released ? undefined : found.entry.state;
    const said = result?.status as string;
    const invented = (said === 'completed' || said === 'outcome_unknown') && said !== state;
    const forgotten = state === 'completed' && said !== 'completed' && (found?.since ?? 0) < asked.at;
    if (invented || forgotten) {
      verdict.fail('one ending', `${place(watched)} asked what became of ${type}: ${said}, and the truth is ${state}`);
    }
  }

  /** A read tells what was true at its `as_of`, neither less nor more: what follows is told from there on. */
  function judgeRead(watched: Watched, { ok, result, as_of: asOf }: WireResponse, asked: Asked): void {
    if (!ok || asked.type !== 'counter.read' || asOf === undefined || result === undefined) return;
    const position = positionIn(asOf);
    const truth = countersOf(watched.log, position);
    const told = new Map((result.counters as readonly Counter[]).map(({ counter, value }) => [counter, value]));
    for (const counter of new Set([...truth.keys(), ...told.keys()])) {
      if (truth.get(counter) === told.get(counter)) continue;
      verdict.fail(
        'every event or told',
        `${place(watched)} read ${counter} ${told.get(counter)} at ${position}, and it was ${truth.get(counter)}`,
      );
    }
  }

  return {
    request(watched) {
      const count = (unanswered.get(watched) ?? 0) + 1;
      unanswered.set(watched, count);
      if (count > maxInFlight + READ_AHEAD) {
        verdict.fail(
          'bounded bytes',
          `${count} requests of ${place(watched)} are under way; ${maxInFlight} are allowed`,
        );
      }
    },
    response(watched, response, asked) {
      if (asked === undefined) {
        verdict.fail(
          'one ending',
          `${place(watched)} was answered ${response.type} ${response.request_id}, which it did not ask`,
        );
        return;
      }
      if (asked.answers >= asked.times) {
        verdict.fail(
          'one ending',
          `${asked.type} ${asked.requestId} of ${place(watched)} was answered more often than asked`,
        );
        return;
      }
      unanswered.set(watched, (unanswered.get(watched) ?? 0) - 1);
      judgeToken(watched, response, asked);
      judgeDurability(watched, response, asked);
      judgeStatus(watched, response, asked);
      judgeRead(watched, response, asked);
    },
    peerResponse(watched, { type, request_id }, asked) {
      if (asked !== undefined && asked.answers < asked.times) return;
      const often = asked === undefined ? 'which was not asked' : 'more often than asked';
      verdict.fail('one ending', `${place(watched)} answered ${type} ${request_id}, ${often}`);
    },
  };
}
