import {
  type Capability,
  CLOSE_CODES,
  type CloseName,
  closeName,
  type Issue,
  type RequestFrame,
  type ResponseFrame,
  type RevisionView,
  type Role,
  type Scope,
} from '@tyrum/contracts';
import type { Channel } from '../../ports/channel.ts';
import { causeText } from '../after-commit.ts';
import type { CursorAudience } from '../events/cursor.ts';
import { Delivery, type DeliveryPeer } from '../events/delivery.ts';
import type { EncodedEvent } from '../events/encoded-event.ts';
import type { TenantLog } from '../events/tenant-logs.ts';
import { scopesOf } from '../handshake/role-scopes.ts';
import type { RequestOrigin } from '../requests/dispatcher.ts';
import type { Caller } from '../requests/handlers.ts';
import type { AsOf, Outcome } from '../requests/response.ts';
import type { Viewer } from '../rights/audience.ts';
import type { Bucket } from '../rights/rate-limit.ts';
import { Heartbeat, type HeartbeatOwner } from './heartbeat.ts';
import { createOutgoingRequests, type OutgoingRequests } from './outgoing-requests.ts';
import { Output, type OutputOwner } from './output.ts';
import type { PeerRequestOptions } from './peer.ts';
import { Reception, type ReceptionOwner } from './reception.ts';
import type { Session, SessionConnection, SessionOptions, SessionServices } from './session.ts';

/**
 * The session of a peer, put together from what it consists of.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class PeerSession implements Session, OutputOwner, DeliveryPeer, HeartbeatOwner, ReceptionOwner, RequestOrigin {
  readonly connectionId: string;
  readonly tenant: string;
  readonly deviceId: string;
  readonly role: Role;
  readonly view: RevisionView;
  readonly tokenId: string;
  readonly deviceBound: boolean;
  scopes: ReadonlySet<Scope>;
  readonly label: string | undefined;
  readonly capabilities: readonly Capability[];
  readonly extensions: ReadonlySet<string>;
  readonly #services: SessionServices;
  readonly #channel: Channel;
  readonly #tenantLog: TenantLog;
  readonly #bucket: Bucket;
  readonly #connection: SessionConnection;
  readonly #output: Output;
  readonly #delivery: Delivery;
  readonly #heartbeat: Heartbeat;
  readonly #reception: Reception;
  /** There since the peer was first asked something. */
  #outgoing: OutgoingRequests | undefined = undefined;
  /** Who asks, for as long as the scopes stay as they are: a request that runs keeps what it was admitted with. */
  #caller: (Caller & Viewer) | undefined = undefined;
  /** Whom cursors were made for on this connection, by their half of it; the newest is last. There since the scopes first changed. */
  #audiences: Map<string, CursorAudience> | undefined = undefined;
  #state: 'opening' | 'open' | 'ended' = 'opening';

  constructor(services: SessionServices, options: SessionOptions) {
    const { channel, principal, initialised, tenantLog, plan, audienceHalf, bucket, connection } = options;
    const { role, device, extensions } = initialised;
    this.connectionId = initialised.connectionId;
    this.tenant = principal.tenant;
    this.deviceId = device.device_id;
    this.role = role;
    this.view = services.contract.at(initialised.revision);
    this.tokenId = principal.tokenId;
    this.deviceBound = principal.deviceId === device.device_id;
    this.scopes = scopesOf(role, principal.scopes);
    this.label = device.label;
    this.capabilities = initialised.capabilities;
    this.extensions = services.extensionsOf(extensions);
    this.#services = services;
    this.#channel = channel;
    this.#tenantLog = tenantLog;
    this.#bucket = bucket;
    this.#connection = connection;
    const output = new Output(services, channel, this);
    const { position, placeHalf } = plan;
    const delivery = new Delivery(services, this, { output, tenantLog, position, placeHalf, audienceHalf });
    this.#output = output;
    this.#delivery = delivery;
    this.#heartbeat = new Heartbeat(services, this);
    this.#reception = new Reception(services, this, { channel, output, cursors: delivery, bucket });
  }

  get revision(): number {
    return this.view.revision;
  }

  /** Whether that is the newest revision. */
  get current(): boolean {
    return this.revision === this.#services.contract.current.revision;
  }

  receive(text: string): void {
    this.#heartbeat.alive();
    this.#reception.receive(text);
  }

  receiveBinary(): void {
    this.#closeAs('protocol_violation', 'the protocol has no binary frames');
  }

  alive(): void {
    this.#heartbeat.alive();
  }

  get awaitsDrain(): boolean {
    return this.#output.awaitsDrain;
  }

  drained(): void {
    if (!this.#output.relieved()) return;
    this.#reception.proceed();
    this.#delivery.pump();
  }

  pump(): void {
    if (this.#state === 'open') this.#delivery.pump();
  }

  sendLive(encoded: EncodedEvent): void {
    if (this.#state !== 'open') return;
    const frames = encoded.framesFor(this, this.revision);
    if (frames.length === 0 || this.#output.full()) return;
    const { scope } = encoded.event;
    for (const frame of frames) {
      if (this.#delivery.wants(frame.type, scope)) this.#output.send(frame.text);
    }
  }

  start(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#delivery.pump();
    this.#reception.start();
  }

  announceDraining(reconnectAfterMs: number): void {
    if (this.view.events.has('gateway.draining'))
      this.#output.send(this.#services.own.frame('gateway.draining', { reconnect_after_ms: reconnectAfterMs }));
  }

  request(type: string, payload: unknown, options?: PeerRequestOptions): Promise<unknown> {
    const { clock, random } = this.#services;
    const { view, role, extensions } = this;
    const send = (text: string) => this.#output.send(text);
    this.#outgoing ??= createOutgoingRequests({ view, role, extensions, clock, random, send });
    if (this.#state === 'ended') this.#outgoing.abandon();
    return this.#outgoing.request(type, payload, options);
  }

  sendDirect(type: string, payload: unknown): void {
    if (this.#state === 'ended') return;
    for (const words of this.view.sayEvent(type, payload)) {
      const extension = this.view.events.get(words.type)?.extension;
      if (extension === undefined || this.extensions.has(extension))
        this.#output.send(this.#services.own.frame(words.type, words.payload));
    }
  }

  setScopes(wanted: readonly Scope[]): void {
    const { codec } = this.#services;
    const before = this.#audience();
    this.scopes = scopesOf(this.role, wanted);
    this.#caller = undefined;
    if (this.revision < 3) return;
    const audience = this.#audience();
    const half = codec.audienceHalf(audience);
    this.#audiences ??= new Map([[codec.audienceHalf(before), before]]);
    this.#audiences.delete(half);
    this.#audiences.set(half, audience);
    this.#delivery.rebind(half);
  }

  close(code: number, reason: string): void {
    if (closeName(code) === undefined) throw new RangeError(`${code} is not a close code of this protocol`);
    this.#connection.shutDown(code, reason);
  }

  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#reception.stop();
    this.#heartbeat.stop();
    this.#output.stop();
    this.#delivery.stop();
    this.#outgoing?.abandon();
    this.#tenantLog.release();
  }

  stalled(): void {
    this.#closeAs('overloaded', 'the peer has stopped reading');
  }

  lost(reason: string, cause?: unknown): void {
    this.#services.telemetry.log('error', reason, {
      tenant: this.tenant,
      device_id: this.deviceId,
      ...(cause === undefined ? {} : { cause: causeText(cause) }),
    });
    this.#closeAs('overloaded', reason);
  }

  /** A peer that has much to read first, or whose words wait on this side, is late and not gone. */
  excused(): boolean {
    return this.#reception.paused() || this.#output.behind();
  }

  beat(): void {
    this.#channel.ping();
    this.#delivery.bookmark();
  }

  dead(): void {
    this.#closeAs('going_away', 'no sign of life');
  }

  resumed(): void {
    this.#heartbeat.alive();
  }

  dispatch(frame: RequestFrame): Promise<Outcome> {
    const { tenant, deviceId, role, scopes, tokenId, connectionId, extensions, view } = this;
    this.#caller ??= { tenant, deviceId, role, scopes, tokenId, connectionId, extensions };
    return this.#services.dispatcher.dispatch({
      frame,
      view,
      caller: this.#caller,
      bucket: this.#bucket,
      origin: this,
    });
  }

  engineOperation(type: string, payload: unknown): Promise<Outcome> {
    const { tenant, deviceId, view, current } = this;
    const connection = {
      epoch: this.#tenantLog.tail.epoch,
      audiences: () => (this.#audiences === undefined ? [this.#audience()] : [...this.#audiences.values()].reverse()),
      delivery: this.#delivery,
    };
    return this.#services.engineOperation({ tenant, deviceId, view, current, connection }, type, payload);
  }

  readAt(asOf: AsOf): void {
    this.#delivery.name(asOf);
  }

  settle(frame: ResponseFrame): boolean {
    return this.#outgoing?.settle(frame) ?? false;
  }

  spoil(requestId: string, issue: Issue): boolean {
    return this.#outgoing?.spoil(requestId, issue) ?? false;
  }

  #audience(): CursorAudience {
    const { tenant, deviceId, role, scopes, revision } = this;
    return { tenant, deviceId, role, scopes, revision };
  }

  #closeAs(name: CloseName, reason: string): void {
    this.#connection.shutDown(CLOSE_CODES[name].code, reason);
  }
}
