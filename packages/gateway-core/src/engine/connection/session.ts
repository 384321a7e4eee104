import type { Clock, Contract, Random } from '@tyrum/contracts';
import type { Principal } from '../../ports/authenticator.ts';
import type { Channel } from '../../ports/channel.ts';
import type { LogReader } from '../../ports/store.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import type { CursorCodec } from '../events/cursor.ts';
import type { EncodedEvent } from '../events/encoded-event.ts';
import type { RecoveryPlan } from '../events/recovery.ts';
import type { TenantLog } from '../events/tenant-logs.ts';
import type { Initialised } from '../handshake/handshake.ts';
import type { GatewayLimits } from '../limits.ts';
import type { Dispatcher } from '../requests/dispatcher.ts';
import type { EngineOperationTarget } from '../requests/engine-operations.ts';
import type { Outcome } from '../requests/response.ts';
import type { Bucket } from '../rights/rate-limit.ts';
import type { OwnEvents } from './own-events.ts';
import type { Peer } from './peer.ts';

/** A connection whose handshake is complete: requests in, responses and events out. */
export interface Session extends Peer {
  receive(text: string): void;
  receiveBinary(): void;
  alive(): void;
  /** Whether anything waits for room. */
  readonly awaitsDrain: boolean;
  drained(): void;
  /** New durable events of the tenant can be read. */
  pump(): void;
  /** Sends an event that is not in the log, unless the peer may not see it or is behind. */
  sendLive(event: EncodedEvent): void;
  /** Begins delivery, and takes up what the peer has sent since it was told that it is connected. */
  start(): void;
  /** Tells the peer that the gateway stops. */
  announceDraining(reconnectAfterMs: number): void;
  /** The socket is gone: nothing of this session acts any more. */
  end(): void;
}

/** What all sessions of a gateway share. */
export interface SessionServices {
  readonly contract: Contract;
  readonly clock: Clock;
  readonly random: Random;
  readonly telemetry: Telemetry;
  readonly limits: GatewayLimits;
  readonly log: LogReader;
  readonly codec: CursorCodec;
  readonly own: OwnEvents;
  /** The extensions that were agreed, as a set. */
  readonly extensionsOf: (agreed: readonly string[]) => ReadonlySet<string>;
  readonly dispatcher: Dispatcher;
  readonly engineOperation: (target: EngineOperationTarget, type: string, payload: unknown) => Promise<Outcome>;
}

export interface SessionOptions {
  readonly channel: Channel;
  readonly principal: Principal;
  readonly initialised: Initialised;
  readonly tenantLog: TenantLog;
  readonly plan: RecoveryPlan;
  /** The half of its cursors that names the peer; it has none before revision 3. */
  readonly audienceHalf: string | undefined;
  readonly bucket: Bucket;
  readonly connection: SessionConnection;
}

/** The session wants its socket closed; the connection does it, and cuts the reason. */
export interface SessionConnection {
  shutDown(code: number, reason: string): void;
}
