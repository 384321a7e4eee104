import type { Tyrum } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import { jsonBytes } from '../json-size.ts';
import { newestPage } from '../paging/newest-page.ts';
import { contractError } from '../refusals.ts';
import { SYSTEM, unitOf } from '../tenant-unit.ts';
import { findPresence, type Instance, keepSeen, presenceList } from './presence-records.ts';
import type { PresenceNews } from './presence-watch.ts';

type PresenceHandlers = Pick<Handlers<Tyrum>, Extract<keyof Handlers<Tyrum>, `presence.${string}`>>;

const DEFAULT_PAGE = 50;
const MOST_METADATA_BYTES = 16_384;

export function presenceHandlers(news: PresenceNews): PresenceHandlers {
  return {
    async 'presence.beacon'(said, context) {
      if (jsonBytes(said.metadata) > MOST_METADATA_BYTES) {
        throw contractError(['payload', 'metadata'], `expected at most ${MOST_METADATA_BYTES} bytes of JSON`);
      }
      const unit = unitOf(context);
      const { tenant, deviceId: device_id, role } = context.caller;
      const instance: Instance = { tenant, device_id, role };
      const before = await findPresence(unit.tx, instance);
      const entry = await keepSeen(unit.tx, instance, { before, said: { ...said, reason: 'periodic' }, at: unit.now });
      news.upserted(unit, entry);
      return { entry };
    },

    async 'presence.list'({ limit = DEFAULT_PAGE, cursor }, context) {
      const unit = unitOf(context);
      await news.settle(unit);
      const request = { prefixes: [[unit.tenant]], limit, cursor };
      const { values, next } = await newestPage(unit.tx.documents, SYSTEM, presenceList, request);
      return { entries: values.map(({ entry }) => entry), next_cursor: next };
    },
  };
}
