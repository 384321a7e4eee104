import type { Role } from '@tyrum/contracts';
import type { Peer, PeerDirectory } from './peer.ts';

/** The open peers of this process, by tenant and device. */
export interface Directory<P extends Peer> extends PeerDirectory {
  add(peer: P): void;
  /** Answers whether it was there. */
  remove(peer: P): boolean;
  find(tenant: string, deviceId: string, role?: Role): P | undefined;
  all(): Iterable<P>;
  ofTenant(tenant: string): Iterable<P>;
  ofDevice(tenant: string, deviceId: string): readonly P[];
  readonly size: number;
}

export function createDirectory<P extends Peer>(): Directory<P> {
  const tenants = new Map<string, TenantPeers<P>>();
  let size = 0;

  return {
    get size() {
      return size;
    },
    add(peer) {
      const tenant: TenantPeers<P> = tenants.get(peer.tenant) ?? { peers: new Set(), byDevice: new Map() };
      const { peers, byDevice } = tenant;
      tenants.set(peer.tenant, tenant);
      peers.add(peer);
      byDevice.set(peer.deviceId, [...(byDevice.get(peer.deviceId) ?? []), peer]);
      size += 1;
    },
    remove(peer) {
      const tenant = tenants.get(peer.tenant);
      if (tenant === undefined || !tenant.peers.delete(peer)) return false;
      const { peers, byDevice } = tenant;
      const left = byDevice.get(peer.deviceId)?.filter((other) => other !== peer) ?? [];
      if (left.length > 0) byDevice.set(peer.deviceId, left);
      else byDevice.delete(peer.deviceId);
      if (peers.size === 0) tenants.delete(peer.tenant);
      size -= 1;
      return true;
    },
    find: (tenant, deviceId, role) =>
      tenants
        .get(tenant)
        ?.byDevice.get(deviceId)
        ?.findLast((peer) => role === undefined || peer.role === role),
    ofDevice: (tenant, deviceId) => tenants.get(tenant)?.byDevice.get(deviceId) ?? [],
    *all() {
      for (const { peers } of tenants.values()) yield* peers;
    },
    count: (tenant) => tenants.get(tenant)?.peers.size ?? 0,
    ofTenant: (tenant) => tenants.get(tenant)?.peers ?? [],
  };
}

/** The peers of one tenant: every event passes all of them, so they stand in one row too. */
interface TenantPeers<P> {
  readonly peers: Set<P>;
  readonly byDevice: Map<string, readonly P[]>;
}
