import type { Part, UIMessage } from '@tyrum/contracts';

/** The text of a message: its text parts, one after another, which is what the deltas of it add up to. */
export function messageText(parts: readonly Part[]): string {
  let text = '';
  for (const part of parts) if (part.type === 'text' && typeof part.text === 'string') text += part.text;
  return text;
}

const LONGEST_PREVIEW = 280;

/** What lists show of a message: the beginning of its text, cut between characters. */
export function previewOf(message: UIMessage): { role: UIMessage['role']; text: string } {
  const text = messageText(message.parts);
  if (text.length <= LONGEST_PREVIEW) return { role: message.role, text };
  const last = text.charCodeAt(LONGEST_PREVIEW - 1);
  const splitsPair = last >= 0xd800 && last < 0xdc00;
  return { role: message.role, text: text.slice(0, splitsPair ? LONGEST_PREVIEW - 1 : LONGEST_PREVIEW) };
}
