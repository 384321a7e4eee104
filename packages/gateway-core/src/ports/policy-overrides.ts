import type { PolicyOverride } from '@tyrum/contracts';

/** A standing answer that the embedder's own code gives. */
export interface NewPolicyOverride {
  /** The agent whose questions it answers, a UUID; `agentIdOf` tells the one of an agent key. */
  readonly agentId: string;
  readonly toolId: string;
  /** Fits the target of the question whole; `*` stands for any text. */
  readonly pattern: string;
  /** Only questions of this workspace, a UUID. @default of any */
  readonly workspaceId?: string;
  /** Milliseconds after which it ends by itself. @default never */
  readonly expiresInMs?: number;
  /** Who gives it, for people: any JSON. */
  readonly createdBy?: unknown;
}

/** Gives, lists and takes back standing answers from the embedder's own code. */
export interface PolicyOverrideOffice {
  /** @throws {ProtocolError} `contract_error` for terms that no event can carry; `overloaded` when there are too many */
  create(tenant: string, terms: NewPolicyOverride): Promise<PolicyOverride>;
  /** Ends one at once. One that has ended stays as it is. @throws {ProtocolError} `not_found` */
  revoke(
    tenant: string,
    overrideId: string,
    by?: { readonly who?: unknown; readonly reason?: string },
  ): Promise<PolicyOverride>;
  /** One page, newest first. @throws {ProtocolError} `contract_error` for a cursor that makes no sense */
  list(tenant: string, page?: PolicyOverrideQuery): Promise<PolicyOverridePage>;
}

export interface PolicyOverrideQuery {
  /** @default all of them */
  readonly status?: PolicyOverride['status'];
  /** @default 100 */
  readonly limit?: number;
  /** As `next` of the page before said it. */
  readonly cursor?: string;
}

export interface PolicyOverridePage {
  readonly overrides: readonly PolicyOverride[];
  /** `null` on the last page. */
  readonly next: string | null;
}
