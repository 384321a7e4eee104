import type { Approval, Review } from '@tyrum/contracts';

/** A question that somebody must answer before work goes on. */
export interface ApprovalQuestion {
  /** What is asked to be approved. @default `intent` */
  readonly kind?: Approval['kind'];
  /** The question, for the person who decides. */
  readonly prompt: string;
  /** Why it is asked. */
  readonly motivation: string;
  /** What helps to decide: any JSON. Everyone who may read approvals sees it. */
  readonly context?: unknown;
  /** What is to be done, so that a standing answer can be given and later ones found by it. */
  readonly tool?: {
    readonly toolId: string;
    /** What the tool shall do, as one text: a command, a path, a recipient. The pattern of an override is held against it. */
    readonly target: string;
    /** A UUID. */
    readonly workspaceId?: string;
  };
  /** The agent on whose behalf it is asked, a UUID. @default the agent of the conversation that it is about */
  readonly agentId?: string;
  /** Milliseconds after which it expires unanswered. @default it waits as long as it takes */
  readonly expiresInMs?: number;
}

/** A question of an embedder's own code. */
export interface NewApproval extends ApprovalQuestion {
  /** Names the question in its tenant: opening the same key again finds the same approval, decided or not. */
  readonly key: string;
  /** What it is about; lists filter by it. */
  readonly scope?: Approval['scope'];
}

/** What becomes of a question before a person is asked. */
export interface ApprovalRuling {
  /**
   * `ask` a person, answer at once, or let it expire unasked. `review` has the embedder's own code look first, a guardian model
   * for instance: it answers with `approvals.decide` or has a person asked with `approvals.ask`; a person may come before it.
   */
  readonly ruling: 'review' | 'ask' | 'approve' | 'deny' | 'expire';
  /** Kept with the review, for people. */
  readonly reason?: string;
  readonly riskLevel?: Review['risk_level'];
  /** 0 to 1000. */
  readonly riskScore?: number;
  /** With `ask` and `review`: milliseconds until it expires, in place of what the question says. */
  readonly expiresInMs?: number;
}

/**
 * Rules on a question that no standing answer fits. It runs inside a transaction, so it awaits nothing, and it may be asked
 * again; where it throws, a person is asked.
 */
export type ApprovalPolicy = (approval: Approval) => ApprovalRuling['ruling'] | ApprovalRuling;

/** What a reviewer of the embedder's own makes of a question: a guardian model, a rule, a person in a chat. */
export interface ApprovalOpinion {
  /** Who says so. @default `system`, without an id */
  readonly reviewer?: { readonly kind: Review['reviewer_kind']; readonly id: string | null };
  readonly reason?: string;
  readonly riskLevel?: Review['risk_level'];
  /** 0 to 1000. */
  readonly riskScore?: number;
}

/** An answer that comes from the embedder's own code. */
export interface ApprovalDecision extends ApprovalOpinion {
  readonly decision: 'approved' | 'denied';
}

/** Opens, answers and awaits approvals from the embedder's own code. */
export interface ApprovalOffice {
  /**
   * Asks a question, or finds the one of the same key. The approval may be decided already: by the policy, by a standing
   * answer, or because it was asked before.
   *
   * @throws {ProtocolError} `contract_error` for a question that no event can carry
   */
  open(tenant: string, question: NewApproval): Promise<Approval>;
  get(tenant: string, approvalId: string): Promise<Approval | undefined>;
  /** One page, newest first: what is `reviewing`, for instance. @throws {ProtocolError} `contract_error` for a cursor that makes no sense */
  list(tenant: string, page?: ApprovalQuery): Promise<ApprovalPage>;
  /**
   * Answers a question. The same answer again changes nothing.
   *
   * @throws {ProtocolError} `not_found`; `conflict` when it was answered otherwise before; `invalid_state` when it has expired
   * or was cancelled
   */
  decide(tenant: string, approvalId: string, decision: ApprovalDecision): Promise<Approval>;
  /**
   * Has a person asked about a question that is under review. One that is not stays as it is; resolves with it as it stands.
   *
   * @throws {ProtocolError} `not_found`
   */
  ask(tenant: string, approvalId: string, opinion?: ApprovalOpinion): Promise<Approval>;
  /** Takes a question back. One that is decided stays so; resolves with it as it stands. @throws {ProtocolError} `not_found` */
  cancel(tenant: string, approvalId: string, reason?: string): Promise<Approval>;
  /**
   * Resolves once the question waits for nobody any more, whoever ended that.
   *
   * @throws {ProtocolError} `not_found`; `cancelled` when the signal aborts first
   */
  decided(tenant: string, approvalId: string, signal?: AbortSignal): Promise<Approval>;
}

export interface ApprovalQuery {
  /** @default all of them */
  readonly status?: Approval['status'];
  /** @default 100 */
  readonly limit?: number;
  /** As `next` of the page before said it. */
  readonly cursor?: string;
}

export interface ApprovalPage {
  readonly approvals: readonly Approval[];
  /** `null` on the last page. */
  readonly next: string | null;
}
