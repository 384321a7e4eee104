import { utf8Length } from '@tyrum/contracts';

/** The bytes of a value's JSON text in UTF-8; 0 for what JSON leaves out. */
export function jsonBytes(value: unknown): number {
  // The type of `JSON.stringify` leaves out that it answers undefined to undefined.
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 0 : utf8Length(text);
}

/*
 * What is kept must fit into a frame of 1 MiB together with everything that is told beside it: a task carries its action,
 * its result and its evidence, a page its items, and each of them an envelope.
 */

/** Most bytes of one message's parts and metadata. */
export const MOST_MESSAGE_BYTES = 917_504;
/** Most bytes of all that one turn says. */
export const MOST_SAID_BYTES = 917_504;
export const MOST_ACTION_BYTES = 131_072;
/** Most bytes of the steps of a workflow: every change of it tells them all. */
export const MOST_PLAN_BYTES = 98_304;
/** Most bytes of all overrides that are made at a time. */
export const MOST_OVERRIDE_BYTES = 131_072;
/** Most bytes of a question that is to be approved. */
export const MOST_QUESTION_BYTES = 131_072;
export const MOST_RESULT_BYTES = 524_288;
/** As `attempt.evidence` promises. */
export const MOST_EVIDENCE_BYTES = 262_144;
/** Items are added to a page until they take this much; the first always fits. */
export const MOST_PAGE_BYTES = 786_432;
