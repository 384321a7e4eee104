import { decodeFrame, type Offer } from '@tyrum/contracts';

/** What is wrong with an offer, for the reason of the close. */
export interface WrongOffer {
  readonly wrong: string;
}

/**
 * Whether a frame is a `connect.init` that is judged by the rules newer than revision 2: `protocol_revs` alone says so, and it
 * is looked for before anything is judged.
 */
export function claimsNewer(text: string): boolean {
  const decoded = decodeFrame(text, { revision: 2, unknownKeys: 'drop' });
  if (decoded.kind !== 'request') return false;
  const { payload } = decoded.frame;
  return typeof payload === 'object' && payload !== null && 'protocol_revs' in payload;
}

/**
 * The part of `connect.init` that agreement needs. It is read before the rest, because the rest may be written in the words of
 * a revision that this gateway does not know.
 */
export function readOffer(payload: unknown): Offer | WrongOffer {
  if (typeof payload !== 'object' || payload === null) return { wrong: 'payload: expected an object' };
  const { protocol_rev, protocol_revs, client_nonce, contract_hash, extensions } = payload as Record<string, unknown>;
  if (!isRevision(protocol_rev)) return { wrong: 'payload.protocol_rev: expected an integer from 1 on' };
  if (protocol_revs === undefined) return { protocol_rev };
  if (!isOfferList(protocol_revs, protocol_rev)) {
    return { wrong: 'payload.protocol_revs: expected 1 to 16 ascending integers, the last one protocol_rev' };
  }
  if (!isThirtyTwoBytes(client_nonce)) return { wrong: 'payload.client_nonce: expected 32 bytes beside protocol_revs' };
  if (!isThirtyTwoBytes(contract_hash))
    return { wrong: 'payload.contract_hash: expected a SHA-256 beside protocol_revs' };
  return {
    protocol_rev,
    protocol_revs,
    contract_hash,
    extensions: Array.isArray(extensions) ? extensions.filter(isExtension) : undefined,
  };
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isOfferList(value: unknown, highest: number): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= 16 &&
    value.every((entry, index) => isRevision(entry) && (index === 0 || entry > value[index - 1])) &&
    value.at(-1) === highest
  );
}

/** 32 bytes in base64url are 43 characters. */
function isThirtyTwoBytes(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value);
}

function isExtension(value: unknown): value is { readonly id: string; readonly hash: string } {
  return typeof value === 'object' && value !== null && 'id' in value && 'hash' in value;
}
