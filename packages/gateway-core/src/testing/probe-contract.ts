import {
  defineCast,
  defineContract,
  defineEvent,
  defineRequest,
  ProtocolError,
  revisions,
  tyrum,
} from '@tyrum/contracts';
import { lockContract } from '@tyrum/contracts/artefacts';
import * as z from 'zod';
import { nodeCrypto } from '../ports/node-crypto.ts';

// A small contract with one operation of every kind that the engine tells apart, and nothing of the product.

const Text = z.string().min(1);
const since3 = { 'x-since': 3 };
const toGateway = { direction: 'to_gateway', roles: ['client'] } as const;
const reading = { ...toGateway, scopes: ['operator.read'], effect: 'read' } as const;
const writing = { ...toGateway, scopes: ['operator.write'], effect: 'once' } as const;

const noteRead = defineRequest({
  type: 'note.read',
  summary: 'Reads a note.',
  ...reading,
  since: 2,
  payload: z.object({ id: Text, options: z.object({ deep: z.boolean().optional() }).optional() }),
  result: z.object({ id: Text, text: z.string(), etag: Text.optional().meta(since3) }),
  errors: ['not_found'],
  example: { payload: { id: 'a' }, result: { id: 'a', text: 'hello' } },
});

const noteWrite = defineRequest({
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

const noteTouch = defineRequest({
  type: 'note.touch',
  summary: 'Changes a note and says nothing about it.',
  ...writing,
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

/** At revision 2 it takes `name` for `id`, answers `rev` for `version`, and a conflict is an ok answer. */
const noteMove = defineRequest({
  type: 'note.move',
  summary: 'Moves a note.',
  ...writing,
  since: 2,
  payload: z.object({ id: Text }),
  result: z.object({ version: z.int() }),
  errors: ['conflict'],
  example: { payload: { id: 'a' }, result: { version: 1 } },
});

const noteRename = defineRequest({
  type: 'note.rename',
  summary: 'Renames a note; revision 2 cannot.',
  ...writing,
  since: 3,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const noteLegacy = defineRequest({
  type: 'note.legacy',
  summary: 'Ended with revision 2.',
  ...reading,
  since: 2,
  until: 2,
  payload: z.object({ id: Text }),
  result: z.object({ old: z.boolean() }).nullable(),
  example: { payload: { id: 'a' }, result: null },
});

const noteOrphan = defineRequest({
  type: 'note.orphan',
  summary: 'Nobody brings a handler for it.',
  ...writing,
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const noteJudge = defineRequest({
  type: 'note.judge',
  summary: 'Either of two scopes allows it.',
  ...toGateway,
  scopes: ['operator.approvals', 'operator.pairing'],
  effect: 'read',
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const lampSwitch = defineRequest({
  type: 'lamp.switch',
  summary: 'Acts outside the store.',
  ...toGateway,
  scopes: ['operator.write'],
  effect: 'remote',
  since: 2,
  payload: z.object({ lamp: Text }),
  result: z.object({ lit: z.boolean() }),
  errors: ['outcome_unknown', 'timeout'],
  example: { payload: { lamp: 'a' }, result: { lit: true } },
});

const lampAct = defineRequest({
  type: 'lamp.act',
  summary: 'Asks a node to switch its lamp.',
  direction: 'to_peer',
  roles: ['node'],
  scopes: ['node.paired'],
  effect: 'remote',
  since: 2,
  payload: z.object({ lamp: Text, deadline_ms: z.int().optional().meta(since3) }),
  result: z.object({ lit: z.boolean() }),
  example: { payload: { lamp: 'a' }, result: { lit: true } },
});

const lampReport = defineRequest({
  type: 'lamp.report',
  summary: 'A node tells of its lamp.',
  direction: 'to_gateway',
  roles: ['node'],
  scopes: ['node.paired'],
  effect: 'once',
  since: 2,
  payload: z.object({ lit: z.boolean() }),
  example: { payload: { lit: true } },
});

const readers = { audience: { roles: ['client'], scopes: ['operator.read'] } } as const;
const Note = z.object({ id: Text, text: z.string(), etag: Text.optional().meta(since3) });

const noteWritten = defineEvent({
  type: 'note.written',
  summary: 'A note was written.',
  ...readers,
  kept: 'durable',
  since: 2,
  payload: Note,
  example: { payload: { id: 'a', text: 'hello' } },
});

const noteSealed = defineEvent({
  type: 'note.sealed',
  summary: 'For administrators only.',
  audience: { roles: ['client'], scopes: ['operator.admin'] },
  kept: 'durable',
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

/** Revision 2 says it in two events, of which readers may see the first. */
const noteErased = defineEvent({
  type: 'note.erased',
  summary: 'A note was erased.',
  ...readers,
  kept: 'durable',
  since: 3,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const noteDropped = defineEvent({
  type: 'note.dropped',
  summary: 'What revision 2 calls an erased note.',
  ...readers,
  kept: 'durable',
  since: 2,
  until: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const noteAudited = defineEvent({
  type: 'note.audited',
  summary: 'What revision 2 tells administrators of an erased note.',
  audience: { roles: ['client'], scopes: ['operator.admin'] },
  kept: 'durable',
  since: 2,
  until: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const noteTyped = defineEvent({
  type: 'note.typed',
  summary: 'A note is being written.',
  ...readers,
  kept: 'ephemeral',
  since: 2,
  payload: Note,
  example: { payload: { id: 'a', text: 'hel' } },
});

const lampTold = defineEvent({
  type: 'lamp.told',
  summary: 'Everyone in its scope may see it.',
  audience: { roles: ['client', 'node'], scopes: [] },
  kept: 'durable',
  since: 2,
  payload: z.object({ lamp: Text }),
  example: { payload: { lamp: 'a' } },
});

const lampToken = defineEvent({
  type: 'lamp.token',
  summary: 'To one node alone.',
  audience: { roles: ['node'], scopes: [] },
  kept: 'direct',
  since: 2,
  payload: z.object({ secret: Text }),
  example: { payload: { secret: 'a' } },
});

const { connect, controlEvents, events, ping, request } = tyrum.modules;

const probeCast = defineCast({
  from: 2,
  to: 3,
  requests: {
    'note.move': {
      payload: { schema: z.object({ name: Text }), up: moveUp },
      result: { schema: z.object({ rev: z.int() }), down: ({ version }: { version: number }) => ({ rev: version }) },
      error: { down: ({ code, details }) => (code === 'conflict' ? { result: details } : undefined) },
    },
  },
  events: {
    'note.erased': (payload: { id: string }) => [
      { type: 'note.dropped', payload },
      { type: 'note.audited', payload },
    ],
  },
});

function moveUp({ name }: { name: string }): { id: string } {
  if (name !== 'nowhere') return { id: name };
  throw new ProtocolError('contract_error', 'nowhere has no newer form', {
    details: { issues: [{ path: ['payload', 'name'], message: 'has no newer form' }] },
  });
}

const base = defineContract({
  name: 'probe',
  revisions,
  modules: {
    connect,
    controlEvents,
    events,
    ping,
    request,
    notes: {
      noteRead,
      noteWrite,
      noteTouch,
      noteMove,
      noteRename,
      noteLegacy,
      noteOrphan,
      noteJudge,
      noteWritten,
      noteSealed,
      noteErased,
      noteDropped,
      noteAudited,
      noteTyped,
    },
    lamps: { lampSwitch, lampAct, lampReport, lampTold, lampToken },
  },
  casts: [probeCast],
});

const stickerPut = defineRequest({
  type: 'sticker.put',
  summary: 'Puts a sticker somewhere.',
  ...writing,
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const stickerStuck = defineEvent({
  type: 'sticker.stuck',
  summary: 'A sticker was put somewhere.',
  ...readers,
  kept: 'durable',
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const stickerShow = defineRequest({
  type: 'sticker.show',
  summary: 'Asks a client to show a sticker.',
  direction: 'to_peer',
  roles: ['client'],
  scopes: ['operator.read'],
  effect: 'read',
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

/** The probe contract with one extension, `stickers`, that peers may or may not have agreed on. */
export const probe = lockContract(
  base.extend({ name: 'stickers', modules: { stickers: { stickerPut, stickerStuck, stickerShow } } }),
  (text) => nodeCrypto().sha256(text),
);
