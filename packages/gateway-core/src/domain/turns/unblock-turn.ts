import type { TenantUnit } from '../tenant-unit.ts';
import { turns } from './turn-records.ts';
import { keepUnblocked } from './turn-transitions.ts';

/** Lets a turn run on that is paused; nothing happens to one that is not. */
export async function unblockTurn(unit: TenantUnit, turnId: string): Promise<void> {
  const record = (await unit.tx.documents.get(unit.tenant, turns, turnId))?.value;
  if (record?.turn.status === 'paused') await keepUnblocked(unit, record);
}
