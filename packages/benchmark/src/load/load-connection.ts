import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Dialect, Talk } from '../dialects/dialect.ts';

/** What a measurement wants to hear of a connection. */
export interface Listener {
  answered?(id: number): void;
  event?(): void;
}

/** One connection of the load: as little of a client as can be, so that the server is the slower side. */
export interface LoadConnection {
  readonly talk: Talk;
  /** Whom it tells now. */
  listener: Listener;
  /** Is shown every text, where somebody wants to look. */
  onText: ((text: string) => void) | undefined;
  /** What is sent in one turn of the event loop leaves in one write. */
  send(text: string): void;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly port: number;
  readonly dialect: Dialect;
  /** Whom it tells from its first moment. */
  readonly listener: Listener;
  /** Is told what must not happen on this connection, at any time. */
  readonly fail: (cause: Error) => void;
}

/** Connects, and resolves once the dialect says that the connection may be used. */
export function openConnection({ port, dialect, listener, fail }: OpenOptions): Promise<LoadConnection> {
  const { path = '/', protocols = [], headers = {} } = dialect;
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], {
      headers,
      perMessageDeflate: false,
      // A mask of zeros: the server unmasks as ever, and the load has more time to load it.
      generateMask: () => undefined,
    });
    const closed = new Promise<void>((resolveClosed) => webSocket.once('close', () => resolveClosed()));
    let closing = false;
    let socket: Socket | undefined;
    let corked = false;

    function failed(reason: string): void {
      const cause = new Error(reason);
      reject(cause);
      fail(cause);
    }

    function send(text: string): void {
      if (!corked) {
        corked = true;
        socket?.cork();
        process.nextTick(uncork);
      }
      webSocket.send(text);
    }

    function uncork(): void {
      corked = false;
      socket?.uncork();
    }

    webSocket.once('upgrade', (response) => {
      socket = response.socket;
    });
    webSocket.on('error', ({ message }) => failed(message));
    webSocket.once('close', (code, reason) => {
      if (!closing) failed(`the server closed a connection with ${code}: ${reason}`);
    });
    webSocket.once('open', () => {
      const talk = dialect.talk({
        send,
        // One step later: there is a connection by then, also where nothing had to be said.
        ready: () => void Promise.resolve().then(() => resolve(connection)),
        answered: (id) => connection.listener.answered?.(id),
        event: () => connection.listener.event?.(),
        fail: (reason) => failed(`an answer that should not be: ${reason.slice(0, 300)}`),
      });
      const connection: LoadConnection = {
        talk,
        listener,
        onText: undefined,
        send,
        close() {
          closing = true;
          webSocket.close(1000);
          return closed;
        },
      };
      webSocket.on('message', (data: Buffer) => {
        // Everything here is ASCII.
        const text = data.toString('latin1');
        connection.onText?.(text);
        talk.receive(text);
      });
    });
  });
}
