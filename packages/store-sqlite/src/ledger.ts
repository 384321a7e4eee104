import { encodeText, type Ledger, type LedgerEntry, type LedgerKey } from '@tyrum/gateway-core';
import type { Session } from './session.ts';

interface LedgerRow {
  readonly payload_hash: string;
  readonly owner: string;
  readonly state: LedgerEntry['state'];
  readonly response: string | null;
  readonly claimed_at: number;
}

export function createLedger(session: Session): Ledger {
  const read = session.prepare<LedgerRow>(`
    SELECT payload_hash, owner, state, response, claimed_at FROM ledger
    WHERE tenant = ? AND device = ? AND type = ? AND key = ?`);
  const insert = session.prepare(`
    INSERT INTO ledger (tenant, device, type, key, payload_hash, owner, state, response, claimed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
  const update = session.prepare(`
    UPDATE ledger SET payload_hash = ?, owner = ?, state = ?, response = ?, claimed_at = ?
    WHERE tenant = ? AND device = ? AND type = ? AND key = ?`);
  const abandon = session.prepare(
    `UPDATE ledger SET state = 'outcome_unknown' WHERE state = 'executing' AND owner <> ?`,
  );
  const prune = session.prepare(`
    DELETE FROM ledger
    WHERE rowid IN (SELECT rowid FROM ledger WHERE claimed_at < ? ORDER BY claimed_at LIMIT ?)`);

  function get(key: LedgerKey): LedgerEntry | undefined {
    const row = read.get(...columnsOf(key));
    return row && entryOf(row);
  }

  return {
    get,
    claim: (key, entry) => (insert.run(...columnsOf(key), ...valuesOf(entry)) === 1 ? undefined : get(key)),
    settle(key, entry) {
      if (update.run(...valuesOf(entry), ...columnsOf(key)) === 0) {
        throw new Error(`there is no ledger entry of ${key.type} to settle`);
      }
    },
    abandon: (liveOwner) => abandon.run(liveOwner),
    prune: (claimedBefore, limit) => prune.run(claimedBefore, limit),
  };
}

function columnsOf({ tenant, device, type, key }: LedgerKey) {
  return [encodeText(tenant), encodeText(device), encodeText(type), encodeText(key)] as const;
}

function valuesOf({ payloadHash, owner, state, response, claimedAt }: LedgerEntry) {
  return [payloadHash, owner, state, response ?? null, claimedAt] as const;
}

function entryOf({ payload_hash, owner, state, response, claimed_at }: LedgerRow): LedgerEntry {
  return { payloadHash: payload_hash, owner, state, ...(response !== null && { response }), claimedAt: claimed_at };
}
