import { encodeText, type Ledger, type LedgerEntry, type LedgerKey } from '@tyrum/gateway-core';
import type { Numbers } from './numbers.ts';
import type { Session } from './session.ts';

interface LedgerRow {
  readonly payload_hash: string;
  readonly owner: string;
  readonly state: LedgerEntry['state'];
  readonly response: string | null;
  readonly claimed_at: number;
}

/** @param callers the numbers of tenant, device and type */
export function createLedger(session: Session, callers: Numbers): Ledger {
  const read = session.prepare<LedgerRow>(
    'SELECT payload_hash, owner, state, response, claimed_at FROM ledger WHERE caller = ? AND key = ?',
  );
  const insert = session.prepare(`
    INSERT INTO ledger (caller, key, payload_hash, owner, state, response, claimed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const update = session.prepare(`
    UPDATE ledger SET payload_hash = ?, owner = ?, state = ?, response = ?, claimed_at = ? WHERE caller = ? AND key = ?`);
  const abandon = session.prepare(
    `UPDATE ledger SET state = 'outcome_unknown' WHERE state = 'executing' AND owner <> ?`,
  );
  const prune = session.prepare(`
    DELETE FROM ledger
    WHERE number IN (SELECT number FROM ledger WHERE claimed_at < ? ORDER BY claimed_at LIMIT ?)`);

  function get({ tenant, device, type, key }: LedgerKey): LedgerEntry | undefined {
    const caller = callers.find(tenant, device, type);
    const row = caller && read.get(caller, encodeText(key));
    return row ? entryOf(row) : undefined;
  }

  return {
    get,
    claim(ledgerKey, entry) {
      const { tenant, device, type, key } = ledgerKey;
      const { payloadHash, owner, state, response = null, claimedAt } = entry;
      const caller = callers.take(tenant, device, type);
      const claimed = insert.run(caller, encodeText(key), payloadHash, owner, state, response, claimedAt) === 1;
      return claimed ? undefined : get(ledgerKey);
    },
    settle({ tenant, device, type, key }, { payloadHash, owner, state, response = null, claimedAt }) {
      const caller = callers.take(tenant, device, type);
      if (update.run(payloadHash, owner, state, response, claimedAt, caller, encodeText(key)) === 0) {
        throw new Error(`there is no ledger entry of ${type} to settle`);
      }
    },
    abandon: (liveOwner) => abandon.run(liveOwner),
    prune: (claimedBefore, limit) => prune.run(claimedBefore, limit),
  };
}

function entryOf({ payload_hash, owner, state, response, claimed_at }: LedgerRow): LedgerEntry {
  return { payloadHash: payload_hash, owner, state, ...(response !== null && { response }), claimedAt: claimed_at };
}
