import { defineEvent, defineRequest } from '@tyrum/contracts';
import * as z from 'zod';

// Notes, for the probe contract: what the gateway keeps and tells of.

const Text = z.string().min(1);
const since3 = { 'x-since': 3 };
const toGateway = { direction: 'to_gateway', roles: ['client'] } as const;
const reading = { ...toGateway, scopes: ['operator.read'], effect: 'read' } as const;
const writing = { ...toGateway, scopes: ['operator.write'], effect: 'once' } as const;

export const noteRead = defineRequest({
  type: 'note.read',
  summary: 'Reads a note.',
  ...reading,
  since: 2,
  payload: z.object({ id: Text, options: z.object({ deep: z.boolean().optional() }).optional() }),
  result: z.object({ id: Text, text: z.string(), etag: Text.optional().meta(since3) }),
  errors: ['not_found'],
  example: { payload: { id: 'a' }, result: { id: 'a', text: 'hello' } },
});

export const noteWrite = defineRequest({
  type: 'note.write',
  summary: 'Writes a note.',
  ...writing,
  since: 2,
  payload: z.object({
    id: Text,
    text: z.string(),
    tag: Text.optional().meta(since3),
    extra: z.unknown().optional().meta({ 'x-any': true }),
  }),
  result: z.object({ id: Text, version: z.int(), etag: Text.optional().meta(since3) }),
  errors: ['conflict', 'invalid_state'],
  example: { payload: { id: 'a', text: 'hello' }, result: { id: 'a', version: 1 } },
});

export const noteTouch = defineRequest({
  type: 'note.touch',
  summary: 'Changes a note and says nothing about it.',
  ...writing,
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

/** At revision 2 it takes `name` for `id`, answers `rev` for `version`, and a conflict is an ok answer. */
export const noteMove = defineRequest({
  type: 'note.move',
  summary: 'Moves a note.',
  ...writing,
  since: 2,
  payload: z.object({ id: Text }),
  result: z.object({ version: z.int() }),
  errors: ['conflict'],
  example: { payload: { id: 'a' }, result: { version: 1 } },
});

export const noteRename = defineRequest({
  type: 'note.rename',
  summary: 'Renames a note; revision 2 cannot.',
  ...writing,
  since: 3,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

export const noteLegacy = defineRequest({
  type: 'note.legacy',
  summary: 'Ended with revision 2.',
  ...reading,
  since: 2,
  until: 2,
  payload: z.object({ id: Text }),
  result: z.object({ old: z.boolean() }).nullable(),
  example: { payload: { id: 'a' }, result: null },
});

export const noteOrphan = defineRequest({
  type: 'note.orphan',
  summary: 'Nobody brings a handler for it.',
  ...writing,
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

export const noteJudge = defineRequest({
  type: 'note.judge',
  summary: 'Either of two scopes allows it.',
  ...toGateway,
  scopes: ['operator.approvals', 'operator.pairing'],
  effect: 'read',
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const readers = { audience: { roles: ['client'], scopes: ['operator.read'] } } as const;
const Note = z.object({ id: Text, text: z.string(), etag: Text.optional().meta(since3) });

export const noteWritten = defineEvent({
  type: 'note.written',
  summary: 'A note was written.',
  ...readers,
  kept: 'durable',
  since: 2,
  payload: Note,
  example: { payload: { id: 'a', text: 'hello' } },
});

export const noteSealed = defineEvent({
  type: 'note.sealed',
  summary: 'For administrators only.',
  audience: { roles: ['client'], scopes: ['operator.admin'] },
  kept: 'durable',
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

/** Revision 2 says it in two events, of which readers may see the first. */
export const noteErased = defineEvent({
  type: 'note.erased',
  summary: 'A note was erased.',
  ...readers,
  kept: 'durable',
  since: 3,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

export const noteDropped = defineEvent({
  type: 'note.dropped',
  summary: 'What revision 2 calls an erased note.',
  ...readers,
  kept: 'durable',
  since: 2,
  until: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

export const noteAudited = defineEvent({
  type: 'note.audited',
  summary: 'What revision 2 tells administrators of an erased note.',
  audience: { roles: ['client'], scopes: ['operator.admin'] },
  kept: 'durable',
  since: 2,
  until: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

export const noteTyped = defineEvent({
  type: 'note.typed',
  summary: 'A note is being written.',
  ...readers,
  kept: 'ephemeral',
  since: 2,
  payload: Note,
  example: { payload: { id: 'a', text: 'hel' } },
});

/** Ephemeral, and at revision 2 something that only administrators may see. */
export const noteFading = defineEvent({
  type: 'note.fading',
  summary: 'A note is about to be erased.',
  ...readers,
  kept: 'ephemeral',
  since: 3,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

export const notePaling = defineEvent({
  type: 'note.paling',
  summary: 'What revision 2 tells administrators of a note that is about to be erased.',
  audience: { roles: ['client'], scopes: ['operator.admin'] },
  kept: 'ephemeral',
  since: 2,
  until: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});
