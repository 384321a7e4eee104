import { canonicalJson, ProtocolError, toBase64Url } from '@tyrum/contracts';
import type { Crypto } from '../ports/crypto.ts';
import type { LedgerEntry, LedgerKey, Store, Transaction } from '../ports/store.ts';
import type { Outcome } from './response.ts';

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
  once(key: LedgerKey, payload: unknown, work: (tx: Transaction) => Promise<Ran>): Promise<Outcome>;
  /** Claims the key, runs `work` outside any transaction, and keeps its outcome. */
  remote(key: LedgerKey, payload: unknown, work: () => Promise<Ran>): Promise<Outcome>;
  status(key: LedgerKey): Promise<{ readonly status: LedgerStatus; readonly outcome?: Outcome }>;
}

export type LedgerStatus = 'unknown' | 'executing' | 'completed' | 'outcome_unknown';

/** Another process settled the key between our look and our claim: look again. */
class ClaimedElsewhere extends Error {}

export function createLedgerRunner(options: { store: Store; crypto: Crypto; owner: string; now: () => number }): LedgerRunner {
  const { store, crypto, owner, now } = options;
  /** What runs in this process: bounded by the requests in flight. */
  const running = new Map<string, { readonly payloadHash: string; readonly outcome: Promise<Outcome> }>();

  function join(key: LedgerKey, payload: unknown, run: (payloadHash: string) => Promise<Outcome>): Promise<Outcome> {
    const name = JSON.stringify([key.tenant, key.device, key.type, key.key]);
    const payloadHash = toBase64Url(crypto.sha256(canonicalJson(payload)));
    const first = running.get(name);
    if (first !== undefined) {
      if (first.payloadHash !== payloadHash) return Promise.resolve(keyConflict(key));
      return first.outcome.then((outcome) => ({ ...outcome, replayed: true }));
    }
    const outcome = run(payloadHash).finally(() => running.delete(name));
    running.set(name, { payloadHash, outcome });
    return outcome;
  }

  async function runOnce(key: LedgerKey, payloadHash: string, work: (tx: Transaction) => Promise<Ran>): Promise<Outcome> {
    let ran: Ran | undefined;
    try {
      const outcome = await store.transact(async (tx) => {
        ran = undefined;
        const earlier = await tx.ledger.get(key);
        if (earlier !== undefined) return recall(key, earlier, payloadHash);
        ran = await work(tx);
        // A refusal takes its writes back by rolling back; it is kept in a transaction of its own.
        if (!ran.outcome.ok) throw new Refused(ran.outcome);
        const claimed = await tx.ledger.claim(key, completed(payloadHash, ran.outcome, now()));
        if (claimed !== undefined) throw new ClaimedElsewhere();
        return ran.outcome;
      });
      for (const action of ran?.afterCommit ?? []) action();
      return outcome;
    } catch (thrown) {
      if (thrown instanceof ClaimedElsewhere) return runOnce(key, payloadHash, work);
      if (!(thrown instanceof Refused)) throw thrown;
      return keepRefusal(key, payloadHash, thrown.outcome);
    }
  }

  async function keepRefusal(key: LedgerKey, payloadHash: string, refusal: Outcome): Promise<Outcome> {
    if (!refusal.ok && (refusal.error.retryable || refusal.error.code === 'internal')) return refusal;
    return store.transact(async (tx) => {
      const earlier = await tx.ledger.claim(key, completed(payloadHash, refusal, now()));
      return earlier === undefined ? refusal : recall(key, earlier, payloadHash);
    });
  }

  async function runRemote(key: LedgerKey, payloadHash: string, work: () => Promise<Ran>): Promise<Outcome> {
    const claim: LedgerEntry = { payloadHash, owner, state: 'executing', claimedAt: now() };
    const earlier = await store.transact((tx) => tx.ledger.claim(key, claim));
    if (earlier !== undefined) return recall(key, earlier, payloadHash);
    const { outcome, afterCommit } = await work();
    try {
      await store.transact((tx) => tx.ledger.settle(key, completed(payloadHash, outcome, claim.claimedAt)));
    } catch (cause) {
      // It acted, and that could not be kept: the truth is that nobody will be able to tell.
      return { ok: false, error: new ProtocolError('outcome_unknown', `how ${key.type} ended could not be kept`, { cause }) };
    }
    for (const action of afterCommit) action();
    return outcome;
  }

  return {
    once: (key, payload, work) => join(key, payload, (hash) => runOnce(key, hash, work)),
    remote: (key, payload, work) => join(key, payload, (hash) => runRemote(key, hash, work)),
    async status(key) {
      const entry = await store.transact((tx) => tx.ledger.get(key));
      if (entry === undefined) {
        const name = JSON.stringify([key.tenant, key.device, key.type, key.key]);
        return { status: running.has(name) ? 'executing' : 'unknown' };
      }
      if (entry.state !== 'completed') return { status: entry.state };
      return { status: 'completed', outcome: stored(entry) };
    },
  };
}

class Refused extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super('refused');
    this.outcome = outcome;
  }
}

function recall(key: LedgerKey, entry: LedgerEntry, payloadHash: string): Outcome {
  if (entry.payloadHash !== payloadHash) return keyConflict(key);
  switch (entry.state) {
    case 'completed':
      return { ...stored(entry), replayed: true };
    case 'executing':
      return { ok: false, error: new ProtocolError('unavailable', `${key.type} runs on another gateway process; ask again`, { retryAfterMs: 250 }) };
    case 'outcome_unknown':
      return { ok: false, error: new ProtocolError('outcome_unknown', `a crash hid how ${key.type} ended`) };
  }
}

function keyConflict(key: LedgerKey): Outcome {
  return {
    ok: false,
    error: new ProtocolError('idempotency_conflict', `${key.type} was asked before under this key with another payload`),
  };
}

function completed(payloadHash: string, outcome: Outcome, claimedAt: number): LedgerEntry {
  return { payloadHash, owner: '', state: 'completed', response: keep(outcome), claimedAt };
}

function keep(outcome: Outcome): string {
  if (outcome.ok) return JSON.stringify({ ok: true, result: outcome.result, as_of: outcome.asOf });
  const { code, message, details } = outcome.error;
  return JSON.stringify({ ok: false, error: { code, message, details } });
}

function stored(entry: LedgerEntry): Outcome {
  const kept = JSON.parse(entry.response ?? '{}');
  if (kept.ok) return { ok: true, result: kept.result, ...(kept.as_of === undefined ? {} : { asOf: kept.as_of }) };
  return { ok: false, error: new ProtocolError(kept.error.code, kept.error.message, { details: kept.error.details }) };
}
