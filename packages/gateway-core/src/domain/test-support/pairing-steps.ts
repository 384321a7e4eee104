import type { DomainWorld } from './domain-world.ts';
import type { FakePeer, FakePeerOptions } from './fake-peer.ts';

export const capabilities = (...ids: readonly string[]) => ids.map((id) => ({ id, version: '1.0.0' }));

/** Connects a node that was never seen, approves it for what it advertises, and resolves with its open connection. */
export async function pairedNode(
  world: DomainWorld,
  name: string,
  able: readonly string[] = ['shell.run'],
  options: Partial<FakePeerOptions> = {},
): Promise<FakePeer> {
  const peer = await world.open({ name, capabilities: capabilities(...able), ...options });
  const { pairings } = await world.call('pairing.list', { status: 'awaiting_human' });
  const asked = pairings.find(({ node }) => node.node_id === peer.deviceId);
  if (asked === undefined) throw new Error(`${name} did not ask to be paired`);
  await world.call('pairing.approve', {
    pairing_id: asked.pairing_id,
    trust_level: 'local',
    capability_allowlist: capabilities(...able),
  });
  await world.settle();
  return peer;
}

/** The same node on a new connection, with the token that it was sent. */
export function reconnect(
  world: DomainWorld,
  name: string,
  able: readonly string[] = ['shell.run'],
): Promise<FakePeer> {
  return world.open({
    name,
    capabilities: capabilities(...able),
    deviceBound: true,
    tokenId: 'tok_bound',
    scopes: ['node.paired'],
  });
}
