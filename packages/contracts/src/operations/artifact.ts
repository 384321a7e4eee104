import * as z from 'zod/mini';
import { defineRequest } from '../define/operation.ts';
import { Artifact } from '../schemas/artifact.ts';
import { limit, PageCursor } from '../schemas/common.ts';
import { EXAMPLE, exampleArtifact } from '../values/example.ts';

const read = {
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 3,
} as const;

export const artifactGet = defineRequest({
  type: 'artifact.get',
  summary: 'Reads what is known of an artifact; its bytes come over HTTP.',
  ...read,
  payload: z.object({ artifact_id: z.uuid() }),
  result: z.object({ artifact: Artifact }),
  errors: ['not_found'],
  example: { payload: { artifact_id: EXAMPLE.uuid }, result: { artifact: exampleArtifact } },
});

export const artifactList = defineRequest({
  type: 'artifact.list',
  summary: 'Lists artifacts, the newest first.',
  ...read,
  payload: z.object({ turn_id: z.optional(z.uuid()), limit: limit(200), cursor: z.optional(PageCursor) }),
  result: z.object({ artifacts: z.array(Artifact), next_cursor: z.optional(z.nullable(z.string())) }),
  example: { payload: {}, result: { artifacts: [exampleArtifact] } },
});
