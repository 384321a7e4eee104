import { defineEvent, defineRequest } from '@tyrum/contracts';
import * as z from 'zod';

// Lamps, for the probe contract: what a node does, and what is told to one device alone.

const Text = z.string().min(1);

export const lampSwitch = defineRequest({
  type: 'lamp.switch',
  summary: 'Acts outside the store.',
  direction: 'to_gateway',
  roles: ['client'],
  scopes: ['operator.write'],
  effect: 'remote',
  since: 2,
  payload: z.object({ lamp: Text }),
  result: z.object({ lit: z.boolean() }),
  errors: ['outcome_unknown', 'timeout'],
  example: { payload: { lamp: 'a' }, result: { lit: true } },
});

export const lampAct = defineRequest({
  type: 'lamp.act',
  summary: 'Asks a node to switch its lamp.',
  direction: 'to_peer',
  roles: ['node'],
  scopes: ['node.paired'],
  effect: 'remote',
  since: 2,
  payload: z.object({ lamp: Text, deadline_ms: z.int().optional().meta({ 'x-since': 3 }) }),
  result: z.object({ lit: z.boolean() }),
  example: { payload: { lamp: 'a' }, result: { lit: true } },
});

export const lampReport = defineRequest({
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

export const lampTold = defineEvent({
  type: 'lamp.told',
  summary: 'Everyone in its scope may see it.',
  audience: { roles: ['client', 'node'], scopes: [] },
  kept: 'durable',
  since: 2,
  payload: z.object({ lamp: Text }),
  example: { payload: { lamp: 'a' } },
});

export const lampToken = defineEvent({
  type: 'lamp.token',
  summary: 'To one node alone.',
  audience: { roles: ['node'], scopes: [] },
  kept: 'direct',
  since: 2,
  payload: z.object({ secret: Text }),
  example: { payload: { secret: 'a' } },
});
