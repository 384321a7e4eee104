import { fromBase64Url, toBase64Url } from '@tyrum/contracts';
import type { Crypto } from '../../ports/crypto.ts';

/** What is authenticated of a place in one log. */
export interface MarkedPosition {
  readonly position: number;
  /** At most eight characters of ASCII that name the event there. */
  readonly mark: string;
}

/** Authenticates the places of one log: answers a tag of 66 bits for each. */
export type TagPlaces = (places: readonly MarkedPosition[]) => readonly string[];

const BLOCK_BYTES = 16;
const MARK_AT = 8;
/** What is kept of an encrypted block; of the twelve characters that it makes, one less. */
const TAG_BYTES = 9;
const TAG_STRIDE = 12;
const TAG_CHARACTERS = 11;

/**
 * The tags of a log's places.
 *
 * Position and mark fill one block, and one block encrypted is its own MAC: to who has not the key a block cipher is a random
 * permutation, every message is exactly as long as the block, so that none can be continued or joined, and what is kept of the
 * output tells nothing of the rest. The key is the log's own, made from tenant and epoch by HMAC under the gateway's secret. Many places
 * cost one call: a MAC for each was the dearest part of a resume.
 */
export function createPlaceTags(crypto: Crypto, secret: Uint8Array, tenant: string, epoch: string): TagPlaces {
  const key = fromBase64Url(crypto.macWith(secret)(JSON.stringify(['places', tenant, epoch])));
  if (key === undefined) throw new TypeError('the crypto makes MACs that are not base64url');
  const encrypt = crypto.blockCipher(key);

  return (places) => {
    const blocks = new Uint8Array(places.length * BLOCK_BYTES);
    const view = new DataView(blocks.buffer);
    places.forEach(({ position, mark }, index) => {
      const at = index * BLOCK_BYTES;
      view.setUint32(at, Math.floor(position / 0x1_0000_0000));
      view.setUint32(at + 4, position % 0x1_0000_0000);
      for (let letter = 0; letter < mark.length; letter += 1) blocks[at + MARK_AT + letter] = mark.charCodeAt(letter);
    });
    const encrypted = encrypt(blocks);
    const kept = new Uint8Array(places.length * TAG_BYTES);
    places.forEach((_, index) => {
      const at = index * BLOCK_BYTES;
      kept.set(encrypted.subarray(at, at + TAG_BYTES), index * TAG_BYTES);
    });
    const text = toBase64Url(kept);
    return places.map((_, index) => text.slice(index * TAG_STRIDE, index * TAG_STRIDE + TAG_CHARACTERS));
  };
}
