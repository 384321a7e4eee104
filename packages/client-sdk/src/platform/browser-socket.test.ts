import { describe, expect, test } from 'vitest';
import { connectThrough } from './default-socket.ts';

/** What a browser's WebSocket is to its user. */
class BrowserSocket {
  static made: BrowserSocket[] = [];
  readonly readyState = 1;
  readonly bufferedAmount = 12;
  readonly url: string;
  readonly protocols: readonly string[];
  readonly options: unknown;
  readonly sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(url: string, protocols: readonly string[], ...options: unknown[]) {
    this.url = url;
    this.protocols = protocols;
    this.options = options;
    BrowserSocket.made.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {}
}

describe('the default socket in a browser', () => {
  test('offers the token as a second subprotocol, and never in the URL [UP-4] [UP-6] [SEC-1]', () => {
    const connect = connectThrough(BrowserSocket);
    const events: unknown[] = [];
    const socket = connect(
      { url: 'wss://gateway.test/ws', subprotocol: 'tyrum-v1', token: 'tökén' },
      {
        opened: () => events.push('opened'),
        message: (data) => events.push(data),
        closed: (code, reason) => events.push([code, reason]),
      },
    );
    const [made] = BrowserSocket.made;
    made?.onopen?.();
    made?.onmessage?.({ data: 'hello' });
    socket.send('hi');
    made?.onerror?.();
    made?.onclose?.({ code: 1006, reason: '' });
    made?.onclose?.({ code: 1006, reason: '' });

    expect(made?.url).toBe('wss://gateway.test/ws');
    expect(made?.protocols).toEqual(['tyrum-v1', 'tyrum-auth.dMO2a8Opbg']);
    expect(made?.options).toEqual([]);
    expect(made?.sent).toEqual(['hi']);
    expect(events).toEqual(['opened', 'hello', [1006, '']]);
    expect(socket.bufferedBytes).toBe(12);
  });

  test('that is missing is told with what to do', () => {
    const connect = connectThrough(null);

    expect(() =>
      connect({ url: 'wss://x', subprotocol: 'tyrum-v1', token: 't' }, { opened() {}, message() {}, closed() {} }),
    ).toThrow('this runtime has no WebSocket; pass connectSocket');
  });
});
