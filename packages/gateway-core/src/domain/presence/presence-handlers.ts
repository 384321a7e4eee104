import type { Tyrum } from '@tyrum/contracts';
import type { Handlers } from '../../engine/handlers.ts';
import { jsonBytes } from '../json-size.ts';
import { newestPage } from '../paging/newest-page.ts';
import { contractError } from '../refusals.ts';
import { SYSTEM, unitOf } from '../tenant-unit.ts';
import { presenceList, seeNow } from './presence-records.ts';
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
      const entry = await seeNow(unit, { tenant, device_id, role }, { ...said, reason: 'periodic' });
      news.upserted(unit, entry);
      return { entry };
    },

    async 'presence.list'({ limit = DEFAULT_PAGE, cursor }, { tx, caller }) {
      const request = { prefixes: [[caller.tenant]], limit, cursor };
      const { values, next } = await newestPage(tx.documents, SYSTEM, presenceList, request);
      return { entries: values.map(({ entry }) => entry), next_cursor: next };
    },
  };
}
