import { CLOSE_CODES } from '@tyrum/contracts';
import type { Domain } from '../../domain/domain.ts';
import type { Store } from '../../ports/store.ts';
import type { CursorAudience, CursorCodec } from '../events/cursor.ts';
import { planRecovery } from '../events/recovery.ts';
import type { TenantLogs } from '../events/tenant-logs.ts';
import { scopesOf } from '../handshake/role-scopes.ts';
import type { Bucket } from '../rights/rate-limit.ts';
import type { TokenWatch } from '../rights/token-watch.ts';
import type { Opening } from './connection.ts';
import type { Directory } from './directory.ts';
import { PeerSession } from './peer-session.ts';
import type { Session, SessionServices } from './session.ts';

/** What opening a session needs besides what every session has. */
export interface OpenSessionServices {
  readonly session: SessionServices;
  readonly store: Store;
  readonly codec: CursorCodec;
  readonly newEpoch: () => string;
  readonly tenantLogs: TenantLogs;
  readonly directory: Directory<Session>;
  readonly tokenWatch: TokenWatch;
  readonly domain: Pick<Domain, 'peerOpened'>;
  readonly bucketOf: (device: string) => Bucket;
}

/**
 * Opens the session of a proven peer: decides what becomes of its wish to resume, says the result, enters it in the
 * directory, lets the domain greet it and begins delivery. Events that are committed meanwhile are read from the log later.
 *
 * The socket can go at any step; nothing is entered anywhere for one that has gone.
 */
export async function openSession(services: OpenSessionServices, opening: Opening): Promise<void> {
  const { directory } = services;
  const session = await prepare(services, opening);
  if (session === undefined) return;

  if (session.role === 'node') supersede(directory, session);
  directory.add(session);
  await services.domain.peerOpened(session);
  if (!opening.connection.isClosed()) session.start();
}

/** Makes the session and says the result of the proof. Resolves with `undefined` when the socket has gone. */
async function prepare(services: OpenSessionServices, opening: Opening): Promise<Session | undefined> {
  const { store, codec, newEpoch, tokenWatch } = services;
  const { channel, initialised, requestId, gatewayProof, connection } = opening;
  const principal = tokenWatch.shared(opening.principal);
  const { tenant } = principal;
  const { device, role, revision, connectionId, resumeCursor } = initialised;
  const deviceId = device.device_id;
  const scopes = scopesOf(role, principal.scopes);
  const audience: CursorAudience = { tenant, deviceId, role, scopes, revision };

  const tenantLog = await services.tenantLogs.open(tenant);
  let session: Session | undefined;
  try {
    if (connection.isClosed()) return undefined;
    const { state, stored } = await store.transact(async (tx) => ({
      state: await tx.log.state(tenant, newEpoch),
      stored: resumeCursor === 'acked' ? (await tx.cursors.get(tenant, deviceId))?.cursor : resumeCursor,
    }));
    const plan = await planRecovery(codec, store.log, { tenant, audience, state, cursor: stored });
    if (connection.isClosed()) return undefined;
    const audienceHalf = gatewayProof === undefined ? undefined : codec.audienceHalf(audience);
    const bucket = services.bucketOf(JSON.stringify([tenant, deviceId]));
    session = new PeerSession(services.session, {
      channel,
      principal,
      initialised,
      tenantLog,
      plan,
      audienceHalf,
      bucket,
      connection,
    });
    connection.adopt(session);
    // A token that ended or changed during the handshake is not told that it is connected.
    tokenWatch.watch(session, principal);
    if (connection.isClosed()) return undefined;
    const mutual =
      gatewayProof === undefined
        ? {}
        : {
            gateway_proof: gatewayProof,
            recovery: plan.recovery,
            cursor: `${audienceHalf}.${plan.placeHalf}`,
          };
    const result = { client_id: connectionId, device_id: deviceId, role, ...mutual };
    channel.send(JSON.stringify({ request_id: requestId, type: 'connect.proof', ok: true, result }));
  } finally {
    if (session === undefined) tenantLog.release();
  }
  return connection.isClosed() ? undefined : session;
}

/** A node is asked over one connection: a new one ends those before it. The same device may be a client beside that. */
function supersede(directory: Directory<Session>, session: Session): void {
  for (const older of directory.ofDevice(session.tenant, session.deviceId)) {
    if (older.role === 'node') older.close(CLOSE_CODES.superseded.code, 'the node connected again');
  }
}
