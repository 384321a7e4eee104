import type { Action } from '@tyrum/contracts';

/** For whom a step of a workflow is: one node, or any that is allowed a capability. */
export interface StepTarget {
  readonly nodeId?: string;
  readonly capability?: string;
  /** Milliseconds after which the step fails with `timeout`. @default it waits as long as it takes */
  readonly deadlineMs?: number;
}

/**
 * Says for whom a step is. Asked once for each step, when the workflow is started; `undefined` refuses the workflow. Never asked
 * about a `Confirm`, which is a question for a person.
 */
export type StepPolicy = (action: Action) => StepTarget | undefined;

/** Workflow runs as the embedder's own code has them. */
export interface WorkflowOffice {
  /**
   * The secret that `workflow.resume` asks for, to be handed to whoever must let a paused run go on; `undefined` while the run
   * waits for no token. Each pause has another one.
   *
   * @throws {ProtocolError} `not_found`
   */
  resumeToken(tenant: string, workflowRunId: string): Promise<string | undefined>;
}
