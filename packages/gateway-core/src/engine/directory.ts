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
  const byTenant = new Map<string, Map<string, readonly P[]>>();
  let size = 0;

  return {
    get size() {
      return size;
    },
    add(peer) {
      const devices = byTenant.get(peer.tenant) ?? new Map<string, readonly P[]>();
      byTenant.set(peer.tenant, devices);
      devices.set(peer.deviceId, [...(devices.get(peer.deviceId) ?? []), peer]);
      size += 1;
    },
    remove(peer) {
      const devices = byTenant.get(peer.tenant);
      const before = devices?.get(peer.deviceId);
      if (devices === undefined || before === undefined || !before.includes(peer)) return false;
      const left = before.filter((other) => other !== peer);
      size -= 1;
      if (left.length > 0) devices.set(peer.deviceId, left);
      else devices.delete(peer.deviceId);
      if (devices.size === 0) byTenant.delete(peer.tenant);
      return true;
    },
    find: (tenant, deviceId, role) =>
      byTenant
        .get(tenant)
        ?.get(deviceId)
        ?.findLast((peer) => role === undefined || peer.role === role),
    ofDevice: (tenant, deviceId) => byTenant.get(tenant)?.get(deviceId) ?? [],
    *all() {
      for (const devices of byTenant.values()) for (const peers of devices.values()) yield* peers;
    },
    *ofTenant(tenant) {
      for (const peers of byTenant.get(tenant)?.values() ?? []) yield* peers;
    },
  };
}
