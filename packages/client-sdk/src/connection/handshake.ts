import type { Limits, MutualFacts, Recovery, ResponseFrame, SpokenView } from '@tyrum/contracts';
import {
  fromBase64Url,
  gatewayIdFrom,
  gatewayTranscript,
  peerTranscript,
  publicKeyDer,
  randomUuid,
  toBase64Url,
  transcriptAt2,
} from '@tyrum/contracts/spoken';
import type { ProvenGateway } from '../client-state.ts';
import type { Parts } from '../parts.ts';
import type { ClientCrypto } from '../ports/crypto.ts';
import { type Ending, endingOfRefusal, stopped } from './ending.ts';
import { BARE_REVISION, type OfferOptions, offeredExtensions, offerPayload } from './offer.ts';
import { type Session, UNANNOUNCED_LIMITS } from './session.ts';

/** The text of a connection whose handshake is under way. */
export interface HandshakeChannel {
  send(text: string): void;
  /** The next frame; it never comes when the connection ends before. */
  receive(): Promise<string>;
}

export interface HandshakeOptions extends OfferOptions, Pick<Parts, 'decode'> {
  readonly crypto: ClientCrypto;
  /** The gateway that must be there; without one, the first is trusted. */
  readonly knownGateway: { readonly id: string; readonly trust: 'pinned' | 'remembered' } | undefined;
}

export type HandshakeOutcome =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly ending: Ending };

/** The result of `connect.init` after its schema; what revision 3 adds is there from revision 3 on. */
interface InitResult {
  readonly connection_id: string;
  readonly challenge: string;
  readonly protocol_rev?: number;
  readonly contract_hash?: string;
  readonly extensions?: readonly { readonly id: string; readonly hash: string }[];
  readonly gateway?: { readonly gateway_id: string; readonly pubkey: string };
  readonly limits?: Limits;
  readonly durability?: 'memory' | 'disk' | 'replicated';
}

interface ProofResult {
  readonly gateway_proof?: string;
  readonly recovery?: Recovery;
  readonly cursor?: string;
}

/**
 * Says who the client is, proves it, and from revision 3 on has the gateway prove itself: the session is there only once its
 * signature over both frames, byte for byte as they travelled, has been verified.
 */
export async function shakeHands(channel: HandshakeChannel, options: HandshakeOptions): Promise<HandshakeOutcome> {
  const init = await exchange(channel, options, 'connect.init', offerPayload(options));
  if (!init.response.ok) return { ok: false, ending: endingOfRefusal(init.response.error) };
  const agreed = agreedView(options, init.response.result);
  if ('ending' in agreed) return { ok: false, ending: agreed.ending };
  const { view } = agreed;
  const result = parseResult<InitResult>(view, 'connect.init', init.response.result);
  if (result === undefined) return unfit('the result of connect.init does not fit the contract');
  return view.revision === BARE_REVISION
    ? proveAlone(channel, options, view, result)
    : proveMutually(channel, options, view, result, init);
}

async function proveAlone(
  channel: HandshakeChannel,
  options: HandshakeOptions,
  view: SpokenView,
  { connection_id: connectionId, challenge }: InitResult,
): Promise<HandshakeOutcome> {
  const { knownGateway, revisions, identity, role } = options;
  // A client that offers revision 2 alone was told so; any other would let a stranger pass by agreeing on less.
  if (knownGateway !== undefined && revisions.some((revision) => revision > BARE_REVISION)) {
    return changed(`revision ${BARE_REVISION} was agreed, at which nobody proves to be ${knownGateway.id}`);
  }
  const text = transcriptAt2({ role, deviceId: identity.deviceId, connectionId, challenge });
  const proof = toBase64Url(await identity.sign(text));
  const { response } = await exchange(channel, options, 'connect.proof', { connection_id: connectionId, proof });
  if (!response.ok) return { ok: false, ending: endingOfRefusal(response.error) };
  return { ok: true, session: { view, connectionId, limits: UNANNOUNCED_LIMITS, extensions: new Set() } };
}

async function proveMutually(
  channel: HandshakeChannel,
  options: HandshakeOptions,
  view: SpokenView,
  result: InitResult,
  init: Exchanged,
): Promise<HandshakeOutcome> {
  const { crypto, identity, contract } = options;
  const { gateway, limits, durability, contract_hash: hash } = result;
  if (gateway === undefined || limits === undefined || durability === undefined || hash === undefined) {
    return unfit(`the result of connect.init lacks what revision ${view.revision} adds`);
  }
  if (hash !== contract.hashes[view.revision]) {
    return {
      ok: false,
      ending: stopped('refused', `another contract at revision ${view.revision}`, 'client or gateway', {
        details: { revision: view.revision, expected: contract.hashes[view.revision], received: hash },
      }),
    };
  }
  const trusted = await trustedGateway(options, gateway);
  if ('ending' in trusted) return { ok: false, ending: trusted.ending };

  const facts: MutualFacts = {
    revision: view.revision,
    connectionId: result.connection_id,
    deviceId: identity.deviceId,
    gatewayId: gateway.gateway_id,
    initSha256: await digest(crypto, init.sent),
    resultSha256: await digest(crypto, init.received),
  };
  const proof = toBase64Url(await identity.sign(peerTranscript(facts)));
  const { response } = await exchange(channel, options, 'connect.proof', {
    connection_id: result.connection_id,
    proof,
  });
  if (!response.ok) return { ok: false, ending: endingOfRefusal(response.error) };

  const proven = parseResult<ProofResult>(view, 'connect.proof', response.result);
  const { gateway_proof: gatewayProof, recovery, cursor } = proven ?? {};
  if (gatewayProof === undefined || recovery === undefined || cursor === undefined) {
    return unfit(`the result of connect.proof lacks what revision ${view.revision} adds`);
  }
  const signature = fromBase64Url(gatewayProof);
  const transcript = utf8(gatewayTranscript(facts, await digest(crypto, proof)));
  if (signature === undefined || !(await crypto.verify(trusted.der, transcript, signature))) {
    return unfit(`gateway_proof is not the signature of ${gateway.gateway_id}`);
  }
  const offered = offeredExtensions(contract, Math.max(...options.revisions));
  const extensions = (result.extensions ?? []).filter(({ id, hash }) =>
    offered.some((own) => own.id === id && own.hash === hash),
  );
  return {
    ok: true,
    session: {
      view,
      connectionId: result.connection_id,
      limits,
      extensions: new Set(extensions.map(({ id }) => id)),
      mutual: { gateway: trusted.gateway, durability, recovery, cursor },
    },
  };
}

interface Exchanged {
  readonly sent: string;
  readonly received: string;
  readonly response: ResponseFrame;
}

/** Sends one request of the handshake and waits for its response; anything else that comes meanwhile is not for now. */
async function exchange(
  channel: HandshakeChannel,
  { random, decode }: HandshakeOptions,
  type: string,
  payload: unknown,
): Promise<Exchanged> {
  const id = randomUuid(random);
  const sent = JSON.stringify({ request_id: id, type, payload });
  channel.send(sent);
  for (;;) {
    const received = await channel.receive();
    const decoded = decode(received, BARE_REVISION);
    if (decoded.kind === 'response' && decoded.frame.request_id === id)
      return { sent, received, response: decoded.frame };
  }
}

/** The contract at the revision that the gateway agreed on: one that says none means revision 2. */
function agreedView(
  { contract, revisions }: HandshakeOptions,
  result: unknown,
): { view: SpokenView } | { ending: Ending } {
  const named =
    typeof result === 'object' && result !== null && 'protocol_rev' in result ? result.protocol_rev : BARE_REVISION;
  const revision = revisions.find((candidate) => candidate === named);
  if (revision === undefined) {
    return {
      ending: stopped(
        'refused',
        `the gateway agreed on revision ${String(named)}, which was not offered (${revisions.join(', ')})`,
        'gateway',
      ),
    };
  }
  return { view: contract.at(revision) };
}

async function trustedGateway(
  { crypto, knownGateway }: HandshakeOptions,
  { gateway_id: id, pubkey }: { readonly gateway_id: string; readonly pubkey: string },
): Promise<{ gateway: ProvenGateway; der: Uint8Array } | { ending: Ending }> {
  const der = publicKeyDer(pubkey);
  if (der === undefined || gatewayIdFrom(await crypto.sha256(der)) !== id) {
    return { ending: unfit(`gateway_id ${id} is not that of its key`).ending };
  }
  if (knownGateway !== undefined && knownGateway.id !== id) {
    return {
      ending: changed(`the gateway is ${id}, and ${knownGateway.id} is ${knownGateway.trust}`, {
        received: id,
        expected: knownGateway.id,
      }).ending,
    };
  }
  return { gateway: { id, trust: knownGateway?.trust ?? 'first_use' }, der };
}

function parseResult<T>(view: SpokenView, type: string, result: unknown): T | undefined {
  const reading = view.requests.get(type)?.readResult?.(result);
  return reading?.fits ? (reading.value as T) : undefined;
}

async function digest(crypto: ClientCrypto, text: string): Promise<string> {
  return toBase64Url(await crypto.sha256(utf8(text)));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function unfit(message: string): { readonly ok: false; readonly ending: Ending } {
  return { ok: false, ending: stopped('gateway_unproven', message, 'gateway') };
}

function changed(message: string, details?: unknown): { readonly ok: false; readonly ending: Ending } {
  return { ok: false, ending: stopped('gateway_changed', message, 'trust', { details }) };
}
