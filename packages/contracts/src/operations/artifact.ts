import * as z from 'zod';
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
  payload: z.object({ turn_id: z.uuid().optional(), limit: limit(200), cursor: PageCursor.optional() }),
  result: z.object({ artifacts: z.array(Artifact), next_cursor: z.string().nullable().optional() }),
  example: { payload: {}, result: { artifacts: [exampleArtifact] } },
});
