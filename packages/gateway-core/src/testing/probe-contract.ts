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
import * as lamps from './probe-lamps.ts';
import * as notes from './probe-notes.ts';

// A small contract with one operation of every kind that the engine tells apart, and nothing of the product.

const Text = z.string().min(1);

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
    'note.fading': (payload: { id: string }) => [{ type: 'note.paling', payload }],
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
    notes,
    lamps,
  },
  casts: [probeCast],
});

const stickerPut = defineRequest({
  type: 'sticker.put',
  summary: 'Puts a sticker somewhere.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'once',
  since: 2,
  payload: z.object({ id: Text }),
  example: { payload: { id: 'a' } },
});

const stickerStuck = defineEvent({
  type: 'sticker.stuck',
  summary: 'A sticker was put somewhere.',
  audience: { roles: ['client'], scopes: ['operator.read'] },
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
