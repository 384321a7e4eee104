import { ProtocolError, type Role, type Scope } from '@tyrum/contracts';
import type { Domain, DomainServices } from '../domain/domain.ts';
import type { Peer } from '../engine/connection/peer.ts';
import type { EventOptions, EventWriter } from '../engine/events/event-writer.ts';
import type { AnyHandler } from '../engine/requests/handlers.ts';
import type { Authenticator, Principal } from '../ports/authenticator.ts';
import type { Collection, Transaction } from '../ports/store.ts';

/** A note as the probe handlers keep it. */
export interface Note {
  readonly text: string;
}

export const notes: Collection<Note> = { name: 'probe_notes', indexes: {} };

/** A writer of events whose types are only known at run time. */
export interface AnyEventWriter {
  append(type: string, payload: unknown, options?: EventOptions): Promise<void>;
  emit(type: string, payload: unknown, options?: EventOptions): void;
}

/** The types of a contract that is any contract are none: a test names them all the same. */
export function anyWriter(writer: EventWriter): AnyEventWriter {
  return writer as unknown as AnyEventWriter;
}

/** Access tokens that a test hands out and takes away. */
export interface ProbeTokens extends Authenticator {
  /** Makes a token; its text is its id with a secret behind it. */
  issue(grant?: Partial<Principal>): string;
  /** Changes what a token says, or ends it, and tells whoever listens. */
  change(token: string, change: Partial<Principal> | undefined): void;
}

const EVERY_CLIENT_SCOPE: readonly Scope[] = [
  'operator.read',
  'operator.write',
  'operator.approvals',
  'operator.pairing',
  'operator.admin',
];
const BOTH_ROLES: readonly Role[] = ['client', 'node'];

export function createProbeTokens(): ProbeTokens {
  const principals = new Map<string, Principal>();
  const listeners = new Set<Parameters<Authenticator['onChange']>[0]>();
  let count = 0;

  return {
    issue(grant = {}) {
      count += 1;
      const tokenId = `token-${count}`;
      const token = `${tokenId}.secret-of-${count}`;
      const scopes: readonly Scope[] = [...EVERY_CLIENT_SCOPE, 'node.paired'];
      principals.set(token, { tenant: 'acme', tokenId, roles: BOTH_ROLES, scopes, ...grant });
      return token;
    },
    change(token, change) {
      const before = principals.get(token);
      if (before === undefined) throw new Error('there is no such token');
      const after = change === undefined ? undefined : { ...before, ...change };
      if (after === undefined) principals.delete(token);
      else principals.set(token, after);
      for (const listener of listeners) listener(before.tokenId, after);
    },
    authenticate: async (token) => principals.get(token),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** A domain of notes: enough state to see whether an effect happened, and how often. */
export interface ProbeDomain extends Domain {
  readonly opened: readonly Peer[];
  readonly closed: readonly Peer[];
  readonly stopped: boolean;
}

export interface ProbeDomainOptions {
  readonly tokens: ProbeTokens;
  /** More handlers, or others. */
  readonly handlers?: Readonly<Record<string, AnyHandler>>;
  /** Runs while the domain greets a peer. */
  readonly greet?: (peer: Peer) => Promise<void> | void;
}

export function createProbeDomain(services: DomainServices, options: ProbeDomainOptions): ProbeDomain {
  const { tokens, handlers = {}, greet } = options;
  const opened: Peer[] = [];
  const closed: Peer[] = [];
  let stopped = false;
  const unasked = () => Promise.reject(new Error('the probe domain keeps notes and nothing else'));

  return {
    opened,
    closed,
    get stopped() {
      return stopped;
    },
    // The probe's handlers answer another contract than the one this type speaks of.
    handlers: { ...probeHandlers(services), ...handlers } as never,
    authenticator: tokens,
    tokens: { issue: unasked, revoke: unasked, narrow: unasked, ensureAdmin: unasked, hasAdmin: unasked },
    approvals: {
      open: unasked,
      get: unasked,
      list: unasked,
      decide: unasked,
      ask: unasked,
      cancel: unasked,
      decided: unasked,
    },
    policyOverrides: { create: unasked, revoke: unasked, list: unasked },
    artifacts: { mostBytes: 0, put: unasked, get: unasked, sweep: async () => undefined },
    workflows: { resumeToken: unasked },
    start: async () => undefined,
    async peerOpened(peer) {
      opened.push(peer);
      await greet?.(peer);
    },
    peerClosed: (peer) => void closed.push(peer),
    async stop() {
      stopped = true;
    },
  };
}

function probeHandlers(services: DomainServices): Readonly<Record<string, AnyHandler>> {
  async function write(tx: Transaction, tenant: string, id: string, text: string): Promise<number> {
    if (text === 'refuse') throw new ProtocolError('invalid_state', 'the note refuses');
    const version = await tx.documents.put(tenant, notes, id, { text });
    if (text === 'refuse late') throw new ProtocolError('invalid_state', 'the note refuses late');
    if (text === 'busy') throw new ProtocolError('overloaded', 'come back', { retryAfterMs: 70 });
    if (text === 'throw') throw new Error('the secret cause');
    return version;
  }

  return {
    'note.read': async (payload, { tx, caller }) => {
      const { id } = payload as { id: string };
      const note = await tx.documents.get(caller.tenant, notes, id);
      if (note === undefined) throw new ProtocolError('not_found', 'there is no such note');
      return { id, text: note.value.text, etag: `v${note.version}`, unsaid: 'of no contract' };
    },
    'note.write': async (payload, { tx, events, caller }) => {
      const { id, text } = payload as { id: string; text: string };
      const version = await write(tx, caller.tenant, id, text);
      const etag = `v${version}`;
      await anyWriter(events).append('note.written', { id, text, etag });
      anyWriter(events).emit('note.typed', { id, text });
      return { id, version, etag };
    },
    'note.touch': async (payload, { tx, caller }) => {
      await write(tx, caller.tenant, (payload as { id: string }).id, 'touched');
      return 'nobody may see this';
    },
    'note.move': async (payload, { tx, caller }) => {
      const { id } = payload as { id: string };
      if (id === 'taken') throw new ProtocolError('conflict', 'it is taken', { details: { version: 7, rev: 7 } });
      return { version: await write(tx, caller.tenant, id, 'moved') };
    },
    'note.rename': () => undefined,
    'note.legacy': (payload) => ((payload as { id: string }).id === 'none' ? null : { old: true }),
    'note.judge': () => undefined,
    'lamp.switch': async (payload, { caller }) => {
      const { lamp } = payload as { lamp: string };
      const node = services.peers.find(caller.tenant, lamp, 'node');
      if (node === undefined) throw new ProtocolError('not_found', 'there is no such lamp');
      return await node.request('lamp.act', { lamp }, { requestId: `act-${lamp}` });
    },
    'lamp.report': () => undefined,
    'sticker.put': async (payload, { events }) => {
      await anyWriter(events).append('sticker.stuck', payload);
    },
  };
}
