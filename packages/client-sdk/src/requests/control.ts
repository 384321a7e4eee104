import type { ProtocolError, Random, ResponseFrame } from '@tyrum/contracts';
import { randomUuid } from '@tyrum/contracts/spoken';
import { ClientError } from '../client-error.ts';
import type { Link } from '../connection/connection.ts';
import { requestFrame } from './outgoing.ts';
import { readError } from './response.ts';

/** The client's own requests, about the connection itself: sent at once, never repeated on another. */
export interface ControlRequests {
  /** @throws {ProtocolError} the gateway's refusal; @throws {ClientError} `connection_lost` */
  send(link: Link, type: string, payload: object): Promise<void>;
  /** Takes a response to one of them; answers whether it was. */
  receive(frame: ResponseFrame): boolean;
  lost(): void;
}

interface Waiting {
  resolve(): void;
  reject(error: ProtocolError | ClientError): void;
}

export function createControlRequests(random: Random): ControlRequests {
  const waiting = new Map<string, Waiting>();
  return {
    send(link, type, payload) {
      const requestId = randomUuid(random);
      const words = { requestId, type, payload: JSON.stringify(payload), idempotencyKey: undefined, trace: undefined };
      return new Promise((resolve, reject) => {
        waiting.set(requestId, { resolve, reject });
        link.send(requestFrame(link.session.view.revision, words));
      });
    },
    receive(frame) {
      const waiter = waiting.get(frame.request_id);
      if (waiter === undefined) return false;
      waiting.delete(frame.request_id);
      if (frame.ok) waiter.resolve();
      else waiter.reject(readError(frame.error));
      return true;
    },
    lost() {
      const error = new ClientError('connection_lost', 'the connection ended before the answer');
      for (const waiter of waiting.values()) waiter.reject(error);
      waiting.clear();
    },
  };
}
