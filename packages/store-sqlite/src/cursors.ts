import { type Cursors, encodeText, type StoredCursor } from '@tyrum/gateway-core';
import type { Session } from './session.ts';

export function createCursors(session: Session): Cursors {
  const read = session.prepare<StoredCursor>('SELECT position, cursor FROM cursors WHERE tenant = ? AND device = ?');
  const write = session.prepare(`
    INSERT INTO cursors (tenant, device, position, cursor) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET position = excluded.position, cursor = excluded.cursor`);

  return {
    get(tenant, device) {
      const row = read.get(encodeText(tenant), encodeText(device));
      return row && { position: row.position, cursor: row.cursor };
    },
    put(tenant, device, { position, cursor }) {
      write.run(encodeText(tenant), encodeText(device), position, cursor);
    },
  };
}
