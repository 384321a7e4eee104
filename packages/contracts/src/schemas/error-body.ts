import * as z from 'zod';
import { ERROR_CODES } from '../tables/errors.ts';
import { Json } from './common.ts';

export const ErrorBody = z
  .object({
    code: z.enum(ERROR_CODES as [string, ...string[]]).meta({ description: 'A code of the error table.' }),
    message: z.string().meta({ description: 'For people; programs read `code` and `details`.' }),
    details: Json.optional(),
    retryable: z
      .boolean()
      .optional()
      .meta({ 'x-since': 3, description: 'Whether the same request, sent again, can succeed.' }),
    retry_after_ms: z.int().min(0).optional().meta({ 'x-since': 3, description: 'When to come back.' }),
  })
  .meta({ id: 'ErrorBody', description: 'Why a request was refused or failed.' });
export interface ErrorBody extends z.infer<typeof ErrorBody> {}
