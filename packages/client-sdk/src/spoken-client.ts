import type { Contract } from '@tyrum/contracts';
import { ProtocolError } from '@tyrum/contracts/spoken';
import { createClientCore } from './client-core.ts';
import { ClientError } from './client-error.ts';
import type { Client, ConnectOptions } from './client-interface.ts';
import { resolveOptions, type SpokenOptions } from './client-options.ts';
import type { ClientState, ClosedState, OpenState, StoppedState } from './client-state.ts';
import { createEventBuffer, type EventBuffer } from './events/event-buffer.ts';
import { startFollowing } from './events/follow.ts';
import type { ReceivedEvent } from './events/received-event.ts';
import { afterLong } from './long-timer.ts';
import type { RequestOptions } from './requests/waiter.ts';

/** A client that speaks what its options bring, whoever checks how it is read. */
export function createSpokenClient<C extends Contract>(options: SpokenOptions): Client<C> {
  const resolved = resolveOptions(options);
  const stateHandlers = new Set<(state: ClientState) => void>();
  const buffers = new Set<EventBuffer>();
  const core = createClientCore(resolved, { changed, halted });
  const { supervisor, pending, listeners, incoming } = core;
  let end = createEnd();
  let closing: Promise<void> | undefined;

  function changed(state: ClientState): void {
    for (const handler of [...stateHandlers]) {
      try {
        handler(state);
      } catch (error) {
        resolved.onError(error, 'onState');
      }
    }
    if (state.status === 'closed' || state.status === 'stopped') end.resolve(state);
  }

  function halted(error: ClientError): void {
    end.following.abort(error);
    for (const buffer of buffers) buffer.cut(error.code === 'closed' ? undefined : error);
    buffers.clear();
  }

  function start(): void {
    const { status } = supervisor.state;
    if (closing !== undefined || (status !== 'idle' && status !== 'stopped')) return;
    if (status === 'stopped') end = createEnd();
    pending.start();
    supervisor.start();
  }

  /** The first use starts a client; one that stopped waits for `connect`. */
  function use(): void {
    if (supervisor.state.status === 'idle') start();
  }

  function connect({ signal, timeoutMs }: ConnectOptions = {}): Promise<OpenState> {
    start();
    return new Promise((resolve, reject) => {
      const settle = () => {
        stateHandlers.delete(judge);
        signal?.removeEventListener('abort', onAbort);
        cancelTimer();
      };
      const give = (error: ClientError) => {
        settle();
        reject(error);
      };
      const onAbort = () => give(new ClientError('aborted', 'connecting was aborted', { cause: signal?.reason }));
      const judge = (state: ClientState) => {
        if (state.status === 'open') {
          settle();
          resolve(state);
        } else if (state.status === 'stopped') give(state.reason);
        else if (state.status === 'closed') give(new ClientError('closed', 'the client was closed'));
      };
      let cancelTimer = () => {};
      if (timeoutMs !== undefined) {
        const late = () => give(new ClientError('timeout', `not connected within ${timeoutMs} ms`));
        cancelTimer = afterLong(resolved.clock, timeoutMs, late);
      }
      stateHandlers.add(judge);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) onAbort();
      else judge(supervisor.state);
    });
  }

  function exchange(type: string, payload: unknown, requestOptions: RequestOptions = {}) {
    use();
    return pending.request(type, payload, requestOptions);
  }

  function events({ types }: { readonly types?: readonly string[] } = {}): AsyncIterableIterator<ReceivedEvent> {
    const buffer = createEventBuffer(types === undefined ? undefined : new Set(types), false);
    const removeSink = listeners.addSink(buffer);
    buffers.add(buffer);
    const { state } = supervisor;
    if (state.status === 'closed') buffer.cut(undefined);
    if (state.status === 'stopped') buffer.cut(state.reason);
    use();
    const leave = async (): Promise<IteratorResult<ReceivedEvent>> => {
      removeSink();
      buffers.delete(buffer);
      buffer.end();
      return { done: true, value: undefined };
    };
    return {
      async next() {
        const item = await buffer.next();
        return item?.kind === 'event' ? { done: false, value: item.event } : leave();
      },
      return: leave,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  async function close(): Promise<void> {
    closing ??= core.flush().then(() => {
      supervisor.close();
      incoming.abortAll(new ProtocolError('cancelled', 'the node was closed'));
    });
    return closing;
  }

  const client = {
    get state() {
      return supervisor.state;
    },
    get closed() {
      return end.promise;
    },
    connect,
    request: async (type: string, payload: unknown, requestOptions?: RequestOptions) =>
      (await exchange(type, payload, requestOptions)).result,
    exchange,
    on: listeners.on,
    events,
    follow(
      read: Parameters<typeof startFollowing>[0]['read'],
      types: readonly string[],
      apply: (event: ReceivedEvent) => unknown,
    ) {
      use();
      return startFollowing({
        ...resolved,
        read,
        types,
        apply,
        exchange,
        ...core,
        backoff: resolved.limits,
        ending: end.following.signal,
      });
    },
    onSnapshotRequired: listeners.onSnapshot,
    handle: incoming.handle,
    onState(handler: (state: ClientState) => void) {
      const own = (state: ClientState) => handler(state);
      stateHandlers.add(own);
      return () => void stateHandlers.delete(own);
    },
    trustGateway: (gatewayId: string | undefined) => core.trust.trust(gatewayId),
    close,
    [ASYNC_DISPOSE]: close,
  };
  // The parts speak of any contract; which one it is only the caller's types know.
  return client as unknown as Client<C>;
}

/** Older browsers have `await using` compiled down, and no symbol for it. */
const ASYNC_DISPOSE: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

interface End {
  readonly promise: Promise<ClosedState | StoppedState>;
  readonly resolve: (state: ClosedState | StoppedState) => void;
  /** Ends what follows the events. */
  readonly following: AbortController;
}

function createEnd(): End {
  let resolve: End['resolve'] = () => {};
  const promise = new Promise<ClosedState | StoppedState>((settle) => {
    resolve = settle;
  });
  return { promise, resolve, following: new AbortController() };
}
