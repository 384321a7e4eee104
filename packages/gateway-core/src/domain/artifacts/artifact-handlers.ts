import type { Tyrum } from '@tyrum/contracts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import { newestPage } from '../paging/newest-page.ts';
import { notFound } from '../refusals.ts';
import { artifactList, findArtifact, turnArtifactList } from './artifact-records.ts';

type ArtifactHandlers = Pick<Handlers<Tyrum>, Extract<keyof Handlers<Tyrum>, `artifact.${string}`>>;

const DEFAULT_PAGE = 50;

export function artifactHandlers(): ArtifactHandlers {
  return {
    async 'artifact.get'({ artifact_id }, { tx, caller }) {
      const record = await findArtifact(tx, caller.tenant, artifact_id);
      if (record === undefined) throw notFound('artifact', artifact_id);
      return { artifact: record.artifact };
    },

    async 'artifact.list'({ turn_id, limit = DEFAULT_PAGE, cursor }, { tx, caller }) {
      const list = turn_id === undefined ? artifactList : turnArtifactList;
      const request = { prefixes: [turn_id === undefined ? [] : [turn_id]], limit, cursor };
      const { values, next } = await newestPage(tx.documents, caller.tenant, list, request);
      return { artifacts: values.map(({ artifact }) => artifact), next_cursor: next };
    },
  };
}
