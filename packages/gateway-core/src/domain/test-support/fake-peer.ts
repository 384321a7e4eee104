import { type Capability, ProtocolError, type Role, type Scope, type Trace } from '@tyrum/contracts';
import type { Peer, PeerRequestOptions } from '../../engine/connection/peer.ts';

/** A request that the gateway sent to a peer, and the means to answer it. */
export interface SentRequest {
  readonly type: string;
  readonly payload: Record<string, unknown>;
  readonly requestId: string | undefined;
  readonly trace: Trace | undefined;
  answer(result: unknown): void;
  refuse(error: ProtocolError): void;
}

/** A peer without a socket: what the domain does to it is written down. */
export interface FakePeer extends Peer {
  readonly requests: readonly SentRequest[];
  readonly direct: readonly { readonly type: string; readonly payload: Record<string, unknown> }[];
  readonly closedWith: { readonly code: number; readonly reason: string } | undefined;
  /** Requests of one type. */
  sent(type: string): readonly SentRequest[];
  /** Ends what is open as the engine does when a connection is lost. */
  lose(): void;
}

export interface FakePeerOptions {
  readonly deviceId: string;
  readonly connectionId: string;
  readonly tenant?: string;
  readonly role?: Role;
  readonly revision?: number;
  readonly tokenId?: string;
  readonly deviceBound?: boolean;
  readonly scopes?: readonly Scope[];
  readonly label?: string;
  readonly capabilities?: readonly Capability[];
}

export function createFakePeer(options: FakePeerOptions): FakePeer {
  const { tenant = 'acme', role = 'node', revision = 3, tokenId = 'tok_first', deviceBound = false } = options;
  const scopes = new Set<Scope>(options.scopes ?? []);
  const requests: SentRequest[] = [];
  const direct: { type: string; payload: Record<string, unknown> }[] = [];
  const open = new Set<(error: ProtocolError) => void>();
  let closedWith: FakePeer['closedWith'];

  function request(
    type: string,
    payload: unknown,
    { requestId, signal, trace }: PeerRequestOptions = {},
  ): Promise<unknown> {
    if (signal?.aborted) return Promise.reject(new ProtocolError('cancelled', `${type} was cancelled`));
    return new Promise((resolve, reject) => {
      const refuse = (error: ProtocolError) => {
        open.delete(refuse);
        reject(error);
      };
      open.add(refuse);
      signal?.addEventListener('abort', () => refuse(new ProtocolError('cancelled', `${type} was cancelled`)));
      const answer = (result: unknown) => {
        open.delete(refuse);
        resolve(result);
      };
      requests.push({ type, payload: payload as Record<string, unknown>, requestId, trace, answer, refuse });
    });
  }

  return {
    connectionId: options.connectionId,
    tenant,
    deviceId: options.deviceId,
    role,
    revision,
    tokenId,
    deviceBound,
    scopes,
    label: options.label,
    capabilities: options.capabilities ?? [],
    extensions: new Set(),
    request,
    sendDirect: (type, payload) => void direct.push({ type, payload: payload as Record<string, unknown> }),
    setScopes(wanted) {
      scopes.clear();
      for (const scope of wanted) scopes.add(scope);
    },
    close(code, reason) {
      closedWith = { code, reason };
    },
    requests,
    direct,
    get closedWith() {
      return closedWith;
    },
    sent: (type) => requests.filter((sent) => sent.type === type),
    lose() {
      for (const refuse of [...open]) refuse(new ProtocolError('unavailable', 'the connection closed first'));
    },
  };
}
