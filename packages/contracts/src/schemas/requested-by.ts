import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { DeviceId } from './common.ts';

/** On what a turn causes: whom it answers. A revision 2 sender is streamed its answer by it. */
export const RequestedBy = z.optional(DeviceId).apply(meta, {
  'x-since': 3,
  description: 'The device whose message the turn answers.',
});
