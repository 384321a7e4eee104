import type { Action, Approval, Part, Task, Turn, Tyrum, UIMessage } from '@tyrum/contracts';
import type { EventWriter } from '../engine/events/event-writer.ts';
import type { ApprovalQuestion } from './approvals.ts';

/** What answers a conversation. The product brings it; the gateway runs it and keeps what it says. */
export interface TurnRunner {
  /**
   * Runs one turn. It ends well when the promise resolves and fails when it rejects.
   *
   * After a crash the gateway runs it again with `context.attempt` one higher: `say`, `task` and `approve` are keyed, so
   * what was said, started or asked before is found again instead of being done twice.
   */
  run(turn: Turn, context: TurnContext): Promise<void>;
}

export interface TurnContext {
  /** 1, and one more for each time a crash interrupted the turn. */
  readonly attempt: number;
  /** Aborts when the turn is cancelled, its conversation deleted, or the gateway stops. */
  readonly signal: AbortSignal;
  /** The conversation up to and including the message to answer, oldest first. */
  readonly messages: readonly UIMessage[];
  /**
   * Takes in what was said since the turn began, oldest first, so that this turn answers it: the turn that was queued for it
   * ends. Where the conversation's queue mode is `steer_backlog` it takes in what had waited before as well. Resolves with
   * nothing in every mode but those two, and where nothing was said. A runner calls it where it can change its course, between
   * two steps of its work; one that never does leaves each message to a turn of its own. What an earlier attempt took in is
   * among `messages`.
   *
   * @throws {ProtocolError} `cancelled` when the turn has ended
   */
  steering(): Promise<readonly UIMessage[]>;
  /** What earlier attempts already said, by key. */
  readonly said: ReadonlyMap<string, UIMessage>;
  /** Streams a piece of what will be said under `key`; live only, a `say` must follow. */
  delta(text: string, key?: string): void;
  /** Says something for good. The same key again changes nothing and resolves with what was said first. @default a key by order of call */
  say(content: string | readonly Part[], key?: string): Promise<UIMessage>;
  /** Streams a piece of the reasoning that will be told under `key`; live only, a `reasoning` must follow. */
  reasoningDelta(text: string, key?: string): void;
  /** Tells reasoning for good. A later attempt that tells it again does so under the same id. @default a key by order of call */
  reasoning(content: string, key?: string): Promise<void>;
  /**
   * Says other events of the contract for as long as the turn may act: `tool.lifecycle`, `usage.snapshot`, `context_report.created`,
   * `delivery.receipt` and `formatting.fallback` are appended, `typing.started` and `typing.stopped` emitted. They are about the
   * conversation unless a scope is given. A later attempt says them again.
   */
  readonly events: EventWriter<Tyrum>;
  /**
   * Has a node do something once and resolves with the ended task, whatever its status. The same key in a later attempt
   * joins the first task. @default a key by order of call
   */
  task(request: TaskRequest, key?: string): Promise<Task>;
  /**
   * Asks whether to go on, and resolves once that is approved; while somebody has to decide, the turn is paused. The same key
   * in a later attempt finds the same question, decided or not. A runner that lets the refusal pass has its turn fail by it.
   *
   * @throws {ProtocolError} `forbidden` when it is denied, `timeout` when it expires, `cancelled` when it is taken back or the
   * turn ends; the first two with the approval in `details`
   * @default a key by order of call
   */
  approve(question: ApprovalQuestion, key?: string): Promise<Approval>;
}

export interface TaskRequest {
  readonly action: Action;
  readonly nodeId?: string;
  readonly capability?: string;
  readonly deadlineMs?: number;
}
