import type { QueueMode } from '@tyrum/contracts';
import type { DomainWorld, ReadEvent } from './domain-world.ts';

/** Creates a conversation and resolves with its id. */
export async function converse(world: DomainWorld, queueMode?: QueueMode): Promise<string> {
  const { conversation } = await world.call('conversation.create', {});
  const { conversation_id } = conversation;
  if (queueMode !== undefined) {
    await world.call('conversation.queue_mode.set', { conversation_id, queue_mode: queueMode });
  }
  return conversation_id;
}

/** Says one text, and resolves with the message and the turn that answers it. */
export async function say(world: DomainWorld, conversationId: string, text: string, messageId?: string) {
  const sent = await world.call('conversation.send', {
    conversation_id: conversationId,
    content: [{ type: 'text', text }],
    ...(messageId === undefined ? {} : { message_id: messageId }),
  });
  await world.settle();
  return sent;
}

/** The types of a turn's own events, in their order. */
export async function stepsOf(world: DomainWorld, turnId: string): Promise<readonly string[]> {
  const steps = (await world.events()).filter(
    ({ type, payload }) => type.startsWith('turn.') && payload.turn_id === turnId,
  );
  return steps.map(({ type }) => type);
}

/** How a turn stands, and which attempt it is. */
export async function standingOf(world: DomainWorld, turnId: string) {
  const { turn } = await world.call('turn.get', { turn_id: turnId });
  return { status: turn.status, attempt: turn.attempt };
}

/** What the messages of a conversation say, oldest first. */
export async function transcriptOf(world: DomainWorld, conversationId: string): Promise<readonly string[]> {
  const { conversation } = await world.call('conversation.get', { conversation_id: conversationId });
  return conversation.messages.map(({ role, parts }) => `${role}: ${parts.map((part) => part.text).join('')}`);
}

/** Whether no event was appended twice, by what it tells. */
export function repeated(events: readonly ReadEvent[], types: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const again: string[] = [];
  for (const { type, payload } of events) {
    if (!types.includes(type)) continue;
    const told = JSON.stringify([type, payload]);
    if (seen.has(told)) again.push(told);
    seen.add(told);
  }
  return again;
}
