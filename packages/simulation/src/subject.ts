import { createClient } from '@tyrum/client-sdk';
import { createGateway, createMemoryStore } from '@tyrum/gateway-core';

/**
 * The code under test: the real parts, as their packages export them. A mutation check brings the same parts with one
 * deliberate bug in them.
 */
export interface Subject {
  readonly createGateway: typeof createGateway;
  readonly createMemoryStore: typeof createMemoryStore;
  readonly createClient: typeof createClient;
}

export const realSubject: Subject = { createGateway, createMemoryStore, createClient };
