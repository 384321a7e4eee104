import * as z from 'zod/mini';
import { defineEvent } from '../define/operation.ts';
import { Artifact } from '../schemas/artifact.ts';
import { Text } from '../schemas/common.ts';
import { EXAMPLE, exampleArtifact } from '../values/example.ts';

const shared = { audience: { roles: ['client'], scopes: ['operator.read'] }, kept: 'durable', since: 2 } as const;

export const artifactCreated = defineEvent({
  type: 'artifact.created',
  summary: 'An artifact came to be.',
  ...shared,
  payload: z.object({ artifact: Artifact }),
  example: { payload: { artifact: exampleArtifact } },
});

export const artifactAttached = defineEvent({
  type: 'artifact.attached',
  summary: 'An artifact belongs to a turn from now on.',
  ...shared,
  payload: z.object({
    artifact: Artifact,
    turn_id: z.uuid(),
    turn_item_id: z.optional(z.uuid()),
    workflow_run_step_id: z.optional(z.uuid()),
    dispatch_id: z.optional(z.uuid()),
  }),
  example: { payload: { artifact: exampleArtifact, turn_id: EXAMPLE.uuid } },
});

export const artifactFetched = defineEvent({
  type: 'artifact.fetched',
  summary: 'Somebody fetched the bytes of an artifact.',
  ...shared,
  payload: z.object({ artifact: Artifact, fetched_by: Text }),
  example: { payload: { artifact: exampleArtifact, fetched_by: EXAMPLE.device.device_id } },
});
