import {
  type Approval,
  type Part,
  ProtocolError,
  type Task,
  type Trace,
  toBase64Url,
  type UIMessage,
} from '@tyrum/contracts';
import type { ApprovalQuestion } from '../../ports/approvals.ts';
import type { TaskRequest, TurnContext } from '../../ports/turn-runner.ts';
import { conversationScope } from '../conversations/conversation-records.ts';
import type { DomainServices } from '../domain.ts';
import type { TenantUnit } from '../tenant-unit.ts';
import { sayItem } from './say-item.ts';
import type { TurnRecord } from './turn-records.ts';

/** Does the tasks of turns. */
export interface TurnTasks {
  /** Submits a task once for its key, and resolves when it has ended. */
  perform(turn: TurnTask, signal: AbortSignal): Promise<Task>;
}

export interface TurnTask {
  readonly turnId: string;
  readonly key: string;
  readonly request: TaskRequest;
  /** The trace context of what caused the turn. */
  readonly trace: Trace | undefined;
  /** Runs work in a transaction for as long as the turn may act. */
  readonly write: <Value>(work: (unit: TenantUnit) => Promise<Value>) => Promise<Value>;
}

/** Asks the questions of turns. */
export interface TurnApprovals {
  /**
   * Asks a question once for its key, pauses the turn while somebody has to decide, and resolves when it is approved.
   *
   * @throws {ProtocolError} `forbidden`, `timeout` or `cancelled` when it is not
   */
  ask(question: TurnQuestion, signal: AbortSignal): Promise<Approval>;
}

export interface TurnQuestion {
  readonly key: string;
  readonly question: ApprovalQuestion;
  /** Runs work in a transaction with the turn as it is there, for as long as the turn may act. */
  readonly write: ContextOptions['write'];
}

export interface ContextOptions {
  readonly tenant: string;
  readonly record: TurnRecord;
  readonly messages: readonly UIMessage[];
  readonly said: ReadonlyMap<string, UIMessage>;
  readonly signal: AbortSignal;
  /** Whether the turn may still act in this process. */
  readonly live: () => boolean;
  /** Runs work in a transaction with the turn as it is there. @throws {ProtocolError} `cancelled` when it is no longer this run's. */
  readonly write: <Value>(work: (unit: TenantUnit, record: TurnRecord) => Promise<Value>) => Promise<Value>;
  readonly tasks: TurnTasks;
  readonly approvals: TurnApprovals;
  /** Takes in what waits behind the turn. */
  readonly takeIn: (unit: TenantUnit, record: TurnRecord) => Promise<readonly UIMessage[]>;
  /** Counts the turn as one that only waits until the promise settles. */
  readonly waiting: <Value>(promise: Promise<Value>) => Promise<Value>;
}

/** What a runner is given, and what the end of its turn has to wait for. */
export interface OpenContext {
  readonly context: TurnContext;
  /** Resolves when everything that the runner began to say is said or refused. */
  settled(): Promise<void>;
}

export function openContext(services: DomainServices, options: ContextOptions): OpenContext {
  const { crypto, events, random } = services;
  const { tenant, record, signal, write } = options;
  const { turn_id, conversation_key, attempt } = record.turn;
  const finished = new Set(options.said.keys());
  const pending = new Set<Promise<unknown>>();
  const about = conversationScope(conversation_key);
  const saidPieces = createPieceCounts();
  const reasonedPieces = createPieceCounts();
  let sayCount = 0;
  let reasoningCount = 0;
  let taskCount = 0;
  let approvalCount = 0;

  /** The same for every attempt, so that deltas have an id to point at before anything is said. */
  const idOf = (...named: string[]) => toBase64Url(crypto.sha256(JSON.stringify([turn_id, ...named]))).slice(0, 22);
  const messageIdOf = (key: string) => `msg_${idOf(key)}`;
  const sayKey = (count: number) => `say-${count}`;
  const reasoningKey = (count: number) => `reasoning-${count}`;
  const asked = { turn_id, requested_by: record.requested_by };

  /** A runner may begin something and not wait for it: the refusal of what comes too late must not end the process. */
  function guarded<Value>(promise: Promise<Value>): Promise<Value> {
    promise.catch(() => undefined).finally(() => pending.delete(promise));
    return promise;
  }

  async function say(content: string | readonly Part[], key: string): Promise<UIMessage> {
    if (key === '') throw new TypeError('what a turn says has a key that is not empty');
    const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const message = await write((unit, current) =>
      sayItem(unit, random, current, { key, messageId: messageIdOf(key), parts, streamed: saidPieces.of(key) }),
    );
    finished.add(key);
    saidPieces.end(key);
    return message;
  }

  async function reasoning(content: string, key: string): Promise<void> {
    if (key === '') throw new TypeError('the reasoning of a turn has a key that is not empty');
    await write((unit) =>
      unit.events.append(
        'reasoning.final',
        { ...reasoningOf(key), content, streamed: reasonedPieces.of(key), ...asked },
        about,
      ),
    );
    reasonedPieces.end(key);
  }

  function reasoningOf(key: string) {
    return { conversation_id: record.conversation_id, reasoning_id: `rsn_${idOf('reasoning', key)}` };
  }

  async function task(request: TaskRequest, key: string): Promise<Task> {
    if (key === '') throw new TypeError('a task of a turn has a key that is not empty');
    if (!options.live()) throw new ProtocolError('cancelled', 'the turn has ended');
    return options.tasks.perform(
      { turnId: turn_id, key, request, trace: record.trace, write: (work) => write(work) },
      signal,
    );
  }

  async function approve(question: ApprovalQuestion, key: string): Promise<Approval> {
    if (key === '') throw new TypeError('an approval of a turn has a key that is not empty');
    if (!options.live()) throw new ProtocolError('cancelled', 'the turn has ended');
    return options.waiting(options.approvals.ask({ key, question, write }, signal));
  }

  return {
    context: {
      attempt,
      signal,
      messages: options.messages,
      said: options.said,
      steering: () => guarded(write(options.takeIn)),
      delta(text, key = sayKey(sayCount + 1)) {
        if (text === '' || finished.has(key) || !options.live()) return;
        events.emit(
          tenant,
          'message.delta',
          {
            conversation_id: record.conversation_id,
            message_id: messageIdOf(key),
            role: 'assistant',
            delta: text,
            offset: saidPieces.add(key, text),
            ...asked,
          },
          about,
        );
      },
      say(content, key) {
        if (key === undefined) sayCount += 1;
        const saying = guarded(say(content, key ?? sayKey(sayCount)));
        pending.add(saying);
        return saying;
      },
      reasoningDelta(text, key = reasoningKey(reasoningCount + 1)) {
        if (text === '' || !options.live()) return;
        const piece = { ...reasoningOf(key), delta: text, offset: reasonedPieces.add(key, text), ...asked };
        events.emit(tenant, 'reasoning.delta', piece, about);
      },
      reasoning(content, key) {
        if (key === undefined) reasoningCount += 1;
        const telling = guarded(reasoning(content, key ?? reasoningKey(reasoningCount)));
        pending.add(telling);
        return telling;
      },
      events: {
        append(type, payload, eventOptions = about) {
          const appending = guarded(write((unit) => unit.events.append(type, payload, eventOptions)));
          pending.add(appending);
          return appending;
        },
        emit(type, payload, eventOptions = about) {
          if (options.live()) events.emit(tenant, type, payload, eventOptions);
        },
      },
      task(request, key) {
        if (key === undefined) taskCount += 1;
        return guarded(task(request, key ?? `task-${taskCount}`));
      },
      approve(question, key) {
        if (key === undefined) approvalCount += 1;
        return guarded(approve(question, key ?? `approval-${approvalCount}`));
      },
    },
    async settled() {
      while (pending.size > 0) await Promise.allSettled(pending);
    },
  };
}

/** How much of each thing has been streamed, by its key, in UTF-16 code units. */
interface PieceCounts {
  of(key: string): number;
  /** Counts a piece, and answers how much came before it. */
  add(key: string, text: string): number;
  /** It was said whole; what comes under the key after that begins anew. */
  end(key: string): void;
}

function createPieceCounts(): PieceCounts {
  const counts = new Map<string, number>();
  const of = (key: string) => counts.get(key) ?? 0;
  return {
    of,
    add(key, text) {
      const before = of(key);
      counts.set(key, before + text.length);
      return before;
    },
    end: (key) => void counts.delete(key),
  };
}
