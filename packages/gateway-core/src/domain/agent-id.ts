import { randomUuid } from '@tyrum/contracts';
import type { Crypto } from '../ports/crypto.ts';
import { nodeCrypto } from '../ports/node-crypto.ts';

/**
 * The id of an agent that is known by its key alone: a UUID that is the same for the same key, in every gateway and for ever.
 *
 * @param crypto whose digests are used; the platform's by default
 */
export function agentIdOf(agentKey: string, crypto: Pick<Crypto, 'sha256'> = nodeCrypto()): string {
  // The bytes of a digest serve as well as random ones do.
  return randomUuid({ bytes: (count) => crypto.sha256(`tyrum-agent\n${agentKey}`).slice(0, count) });
}

/** The key of the agent that a conversation belongs to, where its key names one. */
export function agentKeyIn(conversationKey: string): string | undefined {
  const [kind, agentKey] = conversationKey.split(':', 2);
  return kind === 'agent' && agentKey !== '' ? agentKey : undefined;
}
