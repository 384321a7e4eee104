import type { Random, Role, Spoken } from '@tyrum/contracts';
import { randomText } from '@tyrum/contracts/spoken';
import type { DeviceDescription, PeerCapability } from '../client-options.ts';
import type { Identity } from '../ports/identity.ts';

/** Everything that `connect.init` says. */
export interface OfferOptions {
  readonly contract: Spoken;
  /** Ascending. */
  readonly revisions: readonly number[];
  readonly identity: Identity;
  readonly role: Role;
  readonly device: DeviceDescription;
  readonly capabilities: readonly PeerCapability[];
  /** The cursor to resume from, or `acked`. */
  readonly resume: string | undefined;
  readonly random: Random;
}

/** The revision whose peers know nothing of agreeing on one. */
export const BARE_REVISION = 2;

/** The payload of `connect.init`: bare for a peer of revision 2 alone, else with all that revision 3 adds. */
export function offerPayload(options: OfferOptions): Record<string, unknown> {
  const { contract, revisions, identity, role, device, capabilities, resume, random } = options;
  const highest = Math.max(...revisions);
  const bare = {
    protocol_rev: highest,
    role,
    device: { device_id: identity.deviceId, pubkey: identity.publicKey, ...device },
    capabilities,
  };
  if (highest === BARE_REVISION) return bare;
  const extensions = offeredExtensions(contract, highest);
  return {
    ...bare,
    protocol_revs: revisions,
    client_nonce: randomText(random, 32),
    contract_hash: contract.hashes[highest],
    ...(extensions.length === 0 ? {} : { extensions }),
    ...(resume === undefined ? {} : { resume: { cursor: resume } }),
  };
}

/** The extensions of a contract as they are announced for a revision. */
export function offeredExtensions(contract: Spoken, revision: number): readonly { id: string; hash: string }[] {
  return contract.extensions.flatMap(({ id, hashes }) => {
    const hash = hashes[revision];
    return hash === undefined ? [] : [{ id, hash }];
  });
}
