import * as z from 'zod';

/** How a server that validates judges the payload: the same schema in all of them. Whoever does not validate loads no zod. */
export const Note = z.object({
  note_id: z.string().min(1),
  author: z.string().min(1),
  created_at: z.string().min(1),
  title: z.string(),
  text: z.string(),
  tags: z.array(z.string()),
  priority: z.int(),
  done: z.boolean(),
});
export type Note = z.infer<typeof Note>;
