import * as z from 'zod/mini';
import { meta } from '../define/meta.ts';
import { ERROR_CODES } from '../tables/errors.ts';
import { Json } from './common.ts';

export const ErrorBody = z
  .object({
    code: z.enum(ERROR_CODES as [string, ...string[]]).apply(meta, { description: 'A code of the error table.' }),
    message: z.string().apply(meta, { description: 'For people; programs read `code` and `details`.' }),
    details: z.optional(Json),
    retryable: z
      .optional(z.boolean())
      .apply(meta, { 'x-since': 3, description: 'Whether the same request, sent again, can succeed.' }),
    retry_after_ms: z
      .optional(z.int().check(z.gte(0)))
      .apply(meta, { 'x-since': 3, description: 'When to come back.' }),
  })
  .apply(meta, { id: 'ErrorBody', description: 'Why a request was refused or failed.' });
export interface ErrorBody extends z.infer<typeof ErrorBody> {}
