import { canonicalJson, ProtocolError } from '@tyrum/contracts';
import { whenReady } from '../../ports/awaitable.ts';
import type { Crypto } from '../../ports/crypto.ts';
import type { Awaitable, LedgerEntry, LedgerKey, Store, Transaction } from '../../ports/store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { runAfterCommit } from '../after-commit.ts';
import { contractError } from '../rights/admission.ts';
import type { Outcome } from './response.ts';
import { completedEntry, isReleased, releasedEntry, storedOutcome } from './stored-response.ts';

/** What ran: its outcome, and what to do once the commit holds. */
export interface Ran {
  readonly outcome: Outcome;
  readonly afterCommit: readonly (() => void)[];
}

/**
 * Makes effects happen once. The key is the device's, so a reconnect or another token changes nothing; a repeat gets the
 * response of the first, whether that is stored or still on its way.
 */
export interface LedgerRunner {
  /** Runs `work` in one transaction with its claim and its response, unless the key has been used. */
  once(key: LedgerKey, payload: unknown, work: (tx: Transaction) => Awaitable<Ran>): Promise<Outcome>;
  /** Claims the key, runs `work` outside any transaction, and keeps its outcome. */
  remote(key: LedgerKey, payload: unknown, work: () => Promise<Ran>): Promise<Outcome>;
  status(key: LedgerKey): Promise<{ readonly status: LedgerStatus; readonly outcome?: Outcome }>;
}

export type LedgerStatus = 'unknown' | 'executing' | 'completed' | 'outcome_unknown';

export interface LedgerRunnerOptions {
  readonly store: Store;
  readonly crypto: Crypto;
  /** Identity of this run of this gateway process. */
  readonly owner: string;
  readonly now: () => number;
  readonly telemetry: Telemetry;
}

export function createLedgerRunner(options: LedgerRunnerOptions): LedgerRunner {
  const { store, crypto, owner, now, telemetry } = options;
  /** What runs in this process: bounded by the requests in flight. */
  const running = new Map<string, { readonly payloadHash: string; readonly outcome: Promise<Outcome> }>();

  function askedFor(key: LedgerKey, payload: unknown): Asked {
    return { key, name: nameOf(key), payloadHash: crypto.digest(canonical(key.type, payload)) };
  }

  /** The outcome that what runs under the same name will have, if anything does. */
  function joined({ key, name, payloadHash }: Asked): Promise<Outcome> | undefined {
    const first = running.get(name);
    if (first === undefined) return undefined;
    if (first.payloadHash !== payloadHash) return Promise.resolve(keyConflict(key));
    return first.outcome.then((outcome) => ({ ...outcome, replayed: true }));
  }

  /** Lets repeats join what has begun. Whoever runs it forgets it once the outcome is there, before anybody hears of that. */
  function began({ name, payloadHash }: Asked, outcome: Promise<Outcome>): Promise<Outcome> {
    running.set(name, { payloadHash, outcome });
    return outcome;
  }

  /** The same outcome, forgotten when it is there. */
  function forgetting({ name }: Asked, outcome: Promise<Outcome>): Promise<Outcome> {
    return outcome.finally(() => running.delete(name));
  }

  function runOnce(asked: Asked, work: (tx: Transaction) => Awaitable<Ran>): Promise<Outcome> {
    const { key, payloadHash } = asked;
    const finished = store.transact((tx) =>
      whenReady(tx.ledger.get(key), (earlier): Awaitable<Ran> => {
        if (earlier !== undefined && !isReleased(earlier)) {
          return { outcome: recall(key, earlier, payloadHash), afterCommit: [] };
        }
        return whenReady(work(tx), (ran) => {
          // A refusal takes its writes back by rolling back; it is kept in a transaction of its own.
          if (!ran.outcome.ok) throw new Refused(ran.outcome);
          return whenReady(take(tx, key, completedEntry(payloadHash, ran.outcome, now())), (taken) => {
            if (taken !== undefined) throw new ClaimedElsewhere();
            return ran;
          });
        });
      }),
    );
    return finished.then(
      ({ outcome, afterCommit }) => {
        running.delete(asked.name);
        runAfterCommit(afterCommit, telemetry);
        return outcome;
      },
      (thrown) => {
        if (thrown instanceof ClaimedElsewhere) return runOnce(asked, work);
        const kept = thrown instanceof Refused ? keepRefusal(key, payloadHash, thrown.outcome) : Promise.reject(thrown);
        return forgetting(asked, kept);
      },
    );
  }

  async function keepRefusal(key: LedgerKey, payloadHash: string, refusal: Outcome): Promise<Outcome> {
    if (!isFinal(refusal)) return refusal;
    return store.transact(async (tx) => {
      const earlier = await take(tx, key, completedEntry(payloadHash, refusal, now()));
      return earlier === undefined ? refusal : recall(key, earlier, payloadHash);
    });
  }

  async function runRemote({ key, payloadHash }: Asked, work: () => Promise<Ran>): Promise<Outcome> {
    const claim: LedgerEntry = { payloadHash, owner, state: 'executing', claimedAt: now() };
    const earlier = await store.transact((tx) => take(tx, key, claim));
    if (earlier !== undefined) return recall(key, earlier, payloadHash);
    let ran: Ran;
    try {
      ran = await work();
    } catch (thrown) {
      // What failed inside the gateway is not an answer to keep: a repeat may ask the other side again, whose journal knows.
      const kept = await settle(key, releasedEntry(payloadHash, claim.claimedAt));
      if (kept !== undefined) return kept;
      throw thrown;
    }
    const unkept = await settle(key, entryOf(ran.outcome, claim));
    if (unkept !== undefined) return unkept;
    runAfterCommit(ran.afterCommit, telemetry);
    return ran.outcome;
  }

  /** What is kept of a remote outcome: an answer for good, that nobody knows, or nothing. */
  function entryOf(outcome: Outcome, claim: LedgerEntry): LedgerEntry {
    if (!outcome.ok && outcome.error.code === 'outcome_unknown')
      return { ...claim, owner: '', state: 'outcome_unknown' };
    if (!isFinal(outcome)) return releasedEntry(claim.payloadHash, claim.claimedAt);
    return completedEntry(claim.payloadHash, outcome, claim.claimedAt);
  }

  /** Settles a claim; answers what is to be said instead when that could not be kept. */
  async function settle(key: LedgerKey, entry: LedgerEntry): Promise<Outcome | undefined> {
    try {
      await store.transact((tx) => tx.ledger.settle(key, entry));
      return undefined;
    } catch (cause) {
      // It may have acted, and that could not be kept: the truth is that nobody will be able to tell.
      return {
        ok: false,
        error: new ProtocolError('outcome_unknown', `how ${key.type} ended could not be kept`, { cause }),
      };
    }
  }

  function recall(key: LedgerKey, entry: LedgerEntry, payloadHash: string): Outcome {
    if (entry.payloadHash !== payloadHash) return keyConflict(key);
    if (entry.state === 'completed') return { ...storedOutcome(entry), replayed: true };
    // Whoever runs here is joined before the store is asked: a claim of our own that nobody runs lost its end.
    if (entry.state === 'outcome_unknown' || entry.owner === owner) {
      return { ok: false, error: new ProtocolError('outcome_unknown', `nobody can tell how ${key.type} ended`) };
    }
    return {
      ok: false,
      error: new ProtocolError('unavailable', `${key.type} runs on another gateway process; ask again`, {
        retryAfterMs: 250,
      }),
    };
  }

  return {
    once(key, payload, work) {
      const asked = askedFor(key, payload);
      return joined(asked) ?? began(asked, runOnce(asked, work));
    },
    remote(key, payload, work) {
      const asked = askedFor(key, payload);
      return joined(asked) ?? began(asked, forgetting(asked, runRemote(asked, work)));
    },
    async status(key) {
      const name = nameOf(key);
      const ranBefore = running.has(name);
      const entry = await store.transact((tx) => tx.ledger.get(key));
      if (entry === undefined || isReleased(entry)) {
        // What ended while the store was asked is not unknown: it has its entry by now, or it refused.
        return { status: ranBefore || running.has(name) ? 'executing' : 'unknown' };
      }
      if (entry.state === 'completed') return { status: 'completed', outcome: storedOutcome(entry) };
      const lost = entry.state === 'executing' && entry.owner === owner && !ranBefore && !running.has(name);
      return { status: lost ? 'outcome_unknown' : entry.state };
    },
  };
}

/** A request, as what it asks for is told from all others. */
interface Asked {
  readonly key: LedgerKey;
  readonly name: string;
  readonly payloadHash: string;
}

/** Another process settled the key between our look and our claim: look again. */
class ClaimedElsewhere extends Error {}

class Refused extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super('refused');
    this.outcome = outcome;
  }
}

/** Takes a key that is free. Answers the entry that holds it when it is not. */
function take(tx: Transaction, key: LedgerKey, entry: LedgerEntry): Awaitable<LedgerEntry | undefined> {
  return whenReady(tx.ledger.claim(key, entry), (earlier): Awaitable<LedgerEntry | undefined> => {
    if (earlier === undefined || !isReleased(earlier)) return earlier;
    return whenReady(tx.ledger.settle(key, entry), () => undefined);
  });
}

/** Whether an outcome is the answer to every repeat: not one that another try may better. */
function isFinal(outcome: Outcome): boolean {
  return outcome.ok || !(outcome.error.retryable || outcome.error.code === 'internal');
}

/** @throws {ProtocolError} `contract_error` for what canonical JSON cannot hold, and nothing could be compared with. */
function canonical(type: string, payload: unknown): string {
  try {
    return canonicalJson(payload);
  } catch {
    throw contractError(type, [
      { path: ['payload'], message: 'has a number that is too large, or text that is not Unicode' },
    ]);
  }
}

/** Two keys have one name only if they are the same: each part but the last has its length. */
function nameOf({ tenant, device, type, key }: LedgerKey): string {
  return `${tenant.length} ${device.length} ${type.length} ${tenant}${device}${type}${key}`;
}

function keyConflict(key: LedgerKey): Outcome {
  return {
    ok: false,
    error: new ProtocolError(
      'idempotency_conflict',
      `${key.type} was asked before under this key with another payload`,
    ),
  };
}
