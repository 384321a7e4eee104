import { webcrypto } from 'node:crypto';
import vm from 'node:vm';
import { WebSocket as NodeSocket } from 'ws';

/**
 * A realm that has the globals of the web and nothing of Node.js: what browsers, workers and edge runtimes have in common. `run`
 * evaluates a script in it.
 */
export function createWebRealm(): { run(script: string): unknown } {
  const context = vm.createContext({
    AbortController,
    TextDecoder,
    TextEncoder,
    WebSocket: WebSocketOfTheWeb,
    clearTimeout,
    console,
    crypto: webcrypto,
    performance,
    setTimeout: (callback: () => void, ms: number) => Number(setTimeout(callback, ms)),
  });
  return { run: (script) => vm.runInContext(script, context) };
}

/** The members of the web's WebSocket, and no others; Node.js 20 has none of its own. */
class WebSocketOfTheWeb {
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #socket: NodeSocket;

  constructor(url: string, protocols: readonly string[]) {
    this.#socket = new NodeSocket(url, [...protocols], { perMessageDeflate: false });
    this.#socket.onopen = () => this.onopen?.();
    this.#socket.onmessage = ({ data }) => this.onmessage?.({ data });
    this.#socket.onclose = ({ code, reason }) => this.onclose?.({ code, reason });
    this.#socket.onerror = () => this.onerror?.();
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }
}
