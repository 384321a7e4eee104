import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fromBase64Url, publicKeyDer, type Recovery, readAs, tyrum } from '@tyrum/contracts';
import { describe, expect, it } from 'vitest';
import { nodeCrypto } from '../ports/node-crypto.ts';
import type { LogReader, LogState, StoredEvent } from '../ports/store.ts';
import { createCursorCodec } from './events/cursor.ts';
import { planRecovery } from './events/recovery.ts';

const { resolve } = createRequire(import.meta.url);
const read = <Vectors>(name: string): Vectors =>
  JSON.parse(readFileSync(resolve(`@tyrum/contracts/vectors/${name}`), 'utf8'));

interface Audience {
  readonly tenant: string;
  readonly device_id: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly revision: number;
}
interface Cursor extends Audience {
  readonly epoch: string;
  readonly position: number;
  readonly event_id: string;
  readonly authentic: boolean;
}
interface Log {
  readonly epoch: string;
  readonly floor: number;
  readonly head: number;
  readonly event_ids: Readonly<Record<string, string>>;
}
interface CursorVectors {
  readonly connection: Audience;
  readonly logs: Readonly<Record<string, Log>>;
  readonly cases: readonly {
    readonly name: string;
    readonly log: string;
    readonly resume: Cursor | string | null;
    readonly acked?: Cursor | null;
    readonly recovery: Recovery;
    readonly cursor_at: number;
  }[];
}

const ours = createCursorCodec(nodeCrypto(), Buffer.from('the secret of this gateway'));
const theirs = createCursorCodec(nodeCrypto(), Buffer.from('another secret'));

describe('the vectors of cursors.json', () => {
  const { connection, logs, cases } = read<CursorVectors>('cursors.json');

  it.each(cases)('end "$name" as $recovery.outcome $recovery.reason [EV-15] [EV-21] [EV-22] [EV-23]', async (one) => {
    const log = logs[one.log] as Log;
    const asked = one.resume === 'acked' ? (one.acked ?? undefined) : (one.resume ?? undefined);
    const { tenant } = connection;

    const plan = await planRecovery(ours, readerOf(log), {
      tenant,
      audience: audienceOf(connection),
      state: stateOf(log),
      cursor: typeof asked === 'object' ? write(asked) : asked,
    });

    expect(plan.recovery).toEqual(one.recovery);
    expect(plan.position).toBe(one.cursor_at);
  });

  it('have every outcome and every reason', () => {
    const named = cases.map(({ recovery }) => ('reason' in recovery ? recovery.reason : recovery.outcome));

    expect([...new Set(named)].sort()).toEqual([
      'epoch_changed',
      'fresh',
      'resumed',
      'revision_changed',
      'scope_changed',
      'trimmed',
      'unknown_cursor',
    ]);
  });
});

interface SignatureCase {
  readonly name: string;
  readonly pubkey: string;
  readonly message: string;
  readonly signature: string;
  readonly is: 'valid' | 'invalid' | 'malformed';
}

describe('the vectors of signatures.json', () => {
  const { cases } = read<{ cases: SignatureCase[] }>('signatures.json');
  const proof = tyrum.at(3).requests.get('connect.proof');
  const crypto = nodeCrypto();

  it.each(cases)('find $name $is [HS-2] [HS-18]', async ({ pubkey, message, signature, is }) => {
    const connection_id = '2f1c9a54-6a0e-4b5e-9a35-7d0f5c2b8e11';
    const wellFormed =
      proof !== undefined && readAs(proof.payload, { connection_id, proof: signature }, 'payload').fits;
    const bytes = fromBase64Url(signature);
    const holds =
      bytes !== undefined && (await crypto.verify(publicKeyDer(pubkey) ?? new Uint8Array(), message, bytes));

    expect(wellFormed).toBe(is !== 'malformed');
    if (wellFormed) expect(holds).toBe(is === 'valid');
  });
});

function write(cursor: Cursor): string {
  const codec = cursor.authentic ? ours : theirs;
  const { tenant, epoch, position, event_id: eventId } = cursor;
  return `${codec.audienceHalf(audienceOf(cursor))}.${codec.placeHalf({ tenant, epoch, position, eventId })}`;
}

function audienceOf({ tenant, device_id: deviceId, role, scopes, revision }: Audience) {
  return { tenant, deviceId, role, scopes, revision };
}

function stateOf({ epoch, head, floor, event_ids }: Log): LogState {
  return { epoch, head, floor, headEventId: event_ids[head] ?? '', floorEventId: event_ids[floor] ?? '' };
}

function readerOf({ floor, event_ids }: Log): LogReader {
  const events = Object.entries(event_ids)
    .map(([at, eventId]): StoredEvent => {
      return { position: Number(at), eventId, type: 'turn.updated', occurredAt: 1, payload: '{}' };
    })
    .filter(({ position }) => position > floor);
  return {
    read: async (_tenant, after, limit) => events.filter(({ position }) => position > after).slice(0, limit),
    onAppend: () => () => {},
  };
}
