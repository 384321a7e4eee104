import type { RequestFrame, SpokenRequest, Trace } from '@tyrum/contracts';
import { describeIssue, exceedsUtf8, ProtocolError } from '@tyrum/contracts/spoken';
import { ClientError } from '../client-error.ts';
import type { ResolvedOptions } from '../client-options.ts';
import type { Link } from '../connection/connection.ts';
import { isAgreed } from '../connection/session.ts';
import type { JournalOutcome } from '../ports/journal.ts';
import { errorBodyOf, responseText } from './answer.ts';
import { createMemoryJournal } from './memory-journal.ts';
import { createRemoteRuns } from './remote-runs.ts';

/** What a handler is given beside the payload. */
export interface HandlerContext {
  /** Aborted when nobody waits for the answer any more: `task.abort`, the deadline, or the end of this client. */
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly trace: Trace | undefined;
}

export type RequestHandler = (payload: unknown, context: HandlerContext) => unknown;

/** Answers what the gateway asks: every request once. */
export interface IncomingRequests {
  /** @throws {ClientError} `bad_configuration` when the type has a handler already */
  handle(type: string, handler: RequestHandler): () => void;
  receive(link: Link, frame: RequestFrame): void;
  /** A request came whose envelope is wrong; it is answered with what is. */
  refuse(
    link: Link,
    requestId: string,
    type: string,
    issue: { readonly path: readonly (string | number)[]; readonly message: string },
  ): void;
  /** Requests being handled, each counted once. */
  readonly running: number;
  /** Aborts every handler that runs. */
  abortAll(reason: Error): void;
}

/** @param onIdle is told that the last running request was answered */
export function createIncomingRequests(options: ResolvedOptions, onIdle: () => void): IncomingRequests {
  const { role, onError } = options;
  const { maxHandling } = options.limits;
  const runs = createRemoteRuns({ ...options, journal: options.journal ?? createMemoryJournal() });
  const handlers = new Map<string, RequestHandler>();
  const reading = new Set<AbortController>();
  let running = 0;

  function receive(link: Link, frame: RequestFrame): void {
    const answer = (outcome: JournalOutcome) => respond(link, frame, outcome);
    const admitted = admit(link, frame);
    if ('error' in admitted) return answer({ ok: false, error: errorBodyOf(admitted.error) });
    running += 1;
    outcomeOf(admitted.request, frame, admitted.payload)
      .catch((error: unknown): JournalOutcome => ({ ok: false, error: internalAfter(error, frame.type) }))
      .then((outcome) => {
        answer(outcome);
        running -= 1;
        if (running === 0) onIdle();
      })
      .catch((error: unknown) => onError(error, `answering ${frame.type}`));
  }

  function respond(link: Link, frame: Pick<RequestFrame, 'request_id' | 'type'>, outcome: JournalOutcome): void {
    const { view, limits } = link.session;
    const text = responseText(view.revision, frame, outcome);
    if (!exceedsUtf8(text, limits.max_frame_bytes)) return link.send(text);
    onError(
      new ClientError('frame_too_large', `the result of ${frame.type} is larger than a frame`),
      `answering ${frame.type}`,
    );
    const error = errorBodyOf(new ProtocolError('internal', 'the result is larger than a frame'));
    link.send(responseText(view.revision, frame, { ok: false, error }));
  }

  function admit(
    { session }: Link,
    frame: RequestFrame,
  ): { request: SpokenRequest; payload: unknown } | { error: ProtocolError } {
    const request = session.view.requests.get(frame.type);
    const served =
      request !== undefined &&
      request.definition.direction !== 'to_gateway' &&
      request.definition.roles.includes(role) &&
      isAgreed(session, request.extension) &&
      (frame.type in BUILT_IN || handlers.has(frame.type));
    if (!served) return { error: new ProtocolError('unsupported_operation', `${frame.type} is not served here`) };
    const reading = request.readPayload(frame.payload);
    if (!reading.fits) {
      return { error: new ProtocolError('contract_error', reading.message, { details: { issues: reading.issues } }) };
    }
    if (running >= maxHandling) return { error: new ProtocolError('overloaded', `${running} requests run already`) };
    return { request, payload: reading.value };
  }

  async function outcomeOf(request: SpokenRequest, frame: RequestFrame, payload: unknown): Promise<JournalOutcome> {
    const handler = handlers.get(frame.type);
    if (request.definition.effect === 'remote' && handler !== undefined) {
      return runs.run(frame, payload, (signal) => invoke(request, frame, payload, handler, signal));
    }
    if (frame.type === 'task.abort') runs.abort(payload);
    if (handler === undefined) return { ok: true };
    const controller = new AbortController();
    reading.add(controller);
    try {
      return await invoke(request, frame, payload, handler, controller.signal);
    } finally {
      reading.delete(controller);
    }
  }

  /** Runs a handler and puts what comes of it into words that fit the contract. */
  async function invoke(
    { readResult }: SpokenRequest,
    frame: RequestFrame,
    payload: unknown,
    handler: RequestHandler,
    signal: AbortSignal,
  ): Promise<JournalOutcome> {
    try {
      const result = await handler(payload, { signal, requestId: frame.request_id, trace: frame.trace });
      if (readResult === undefined) return { ok: true };
      const reading = readResult(result ?? {});
      if (reading.fits) return { ok: true, result: JSON.parse(JSON.stringify(reading.value)) };
      throw new TypeError(`the handler's result does not fit the contract: ${reading.message}`);
    } catch (error) {
      if (ProtocolError.is(error)) return { ok: false, error: errorBodyOf(error) };
      const reason: unknown = signal.aborted ? signal.reason : undefined;
      // A handler that gives up because it was told to has not failed.
      if (ProtocolError.is(reason)) return { ok: false, error: errorBodyOf(reason) };
      return { ok: false, error: internalAfter(error, frame.type) };
    }
  }

  /** The cause stays here: what a handler throws may hold anything. */
  function internalAfter(error: unknown, type: string) {
    onError(error, `handler of ${type}`);
    return errorBodyOf(new ProtocolError('internal', 'the handler failed'));
  }

  return {
    handle(type, handler) {
      if (handlers.has(type)) {
        throw new ClientError('bad_configuration', `${type} has a handler already; undo that one first`, {
          mustChange: 'client',
        });
      }
      handlers.set(type, handler);
      return () => {
        if (handlers.get(type) === handler) handlers.delete(type);
      };
    },
    receive,
    refuse(link, requestId, type, issue) {
      const error = new ProtocolError('contract_error', describeIssue(issue), { details: { issues: [issue] } });
      respond(link, { request_id: requestId, type }, { ok: false, error: errorBodyOf(error) });
    },
    get running() {
      return running;
    },
    abortAll(reason) {
      for (const controller of reading) controller.abort(reason);
      runs.abortAll(reason);
    },
  };
}

/** Answered without a handler; one may be registered beside it. */
const BUILT_IN = { ping: true, 'task.abort': true };
