import type { Peer } from '../../engine/connection/peer.ts';

/** An open connection of a node. */
export interface NodeLink {
  readonly peer: Peer;
  readonly tenant: string;
  readonly nodeId: string;
  /** Whether the connection is open. */
  readonly open: boolean;
  /** What it may be asked to do now: allowed by its pairing, and advertised. `undefined` until it is paired. */
  readonly capabilities: ReadonlySet<string> | undefined;
}

/** The open connections of nodes in this process, and what each may be asked to do. */
export interface NodeLinks {
  add(peer: Peer): NodeLink;
  remove(peer: Peer): NodeLink | undefined;
  /** The newest open connection of a node. */
  find(tenant: string, nodeId: string): NodeLink | undefined;
  ofNode(tenant: string, nodeId: string): readonly NodeLink[];
  /** The newest connection of each paired node that may be asked for a capability; the one that was given work last comes last. */
  able(tenant: string, capability: string): Iterable<NodeLink>;
  /** Moves a link behind the others that can do the same. */
  used(link: NodeLink): void;
  /** From now on the node may be asked for these capabilities. */
  admit(link: NodeLink, allowed: Iterable<string>): void;
  /** From now on the node may be asked for nothing. */
  dismiss(link: NodeLink): void;
}

interface OpenLink extends NodeLink {
  open: boolean;
  capabilities: ReadonlySet<string> | undefined;
  /** Under which names it is listed as able. */
  names: readonly string[];
}

export function createNodeLinks(): NodeLinks {
  const byNode = new Map<string, readonly OpenLink[]>();
  const byCapability = new Map<string, Set<OpenLink>>();

  const nameOf = (tenant: string, part: string) => JSON.stringify([tenant, part]);

  function unlist(link: OpenLink): void {
    for (const name of link.names) {
      const links = byCapability.get(name);
      links?.delete(link);
      if (links?.size === 0) byCapability.delete(name);
    }
  }

  function list(link: OpenLink): void {
    for (const name of link.names) byCapability.set(name, (byCapability.get(name) ?? new Set()).add(link));
  }

  function own(link: NodeLink): OpenLink | undefined {
    return byNode.get(nameOf(link.tenant, link.nodeId))?.find((other) => other === link);
  }

  return {
    add(peer) {
      const link: OpenLink = {
        peer,
        tenant: peer.tenant,
        nodeId: peer.deviceId,
        open: true,
        capabilities: undefined,
        names: [],
      };
      const name = nameOf(link.tenant, link.nodeId);
      const older = byNode.get(name) ?? [];
      // A node is asked over its newest connection only.
      for (const other of older) {
        unlist(other);
        other.names = [];
      }
      byNode.set(name, [...older, link]);
      return link;
    },
    remove(peer) {
      const name = nameOf(peer.tenant, peer.deviceId);
      const before = byNode.get(name) ?? [];
      const link = before.find((other) => other.peer === peer);
      if (link === undefined) return undefined;
      link.open = false;
      unlist(link);
      const left = before.filter((other) => other !== link);
      if (left.length === 0) byNode.delete(name);
      else byNode.set(name, left);
      return link;
    },
    find: (tenant, nodeId) => byNode.get(nameOf(tenant, nodeId))?.at(-1),
    ofNode: (tenant, nodeId) => byNode.get(nameOf(tenant, nodeId)) ?? [],
    able: (tenant, capability) => byCapability.get(nameOf(tenant, capability)) ?? [],
    used(link) {
      const mine = own(link);
      if (mine === undefined) return;
      unlist(mine);
      list(mine);
    },
    admit(link, allowed) {
      const mine = own(link);
      if (mine === undefined) return;
      unlist(mine);
      const advertised = new Set(mine.peer.capabilities.map(({ id }) => id));
      mine.capabilities = new Set([...allowed].filter((id) => advertised.has(id)));
      const isNewest = byNode.get(nameOf(mine.tenant, mine.nodeId))?.at(-1) === mine;
      mine.names = isNewest ? [...mine.capabilities].map((id) => nameOf(mine.tenant, id)) : [];
      list(mine);
    },
    dismiss(link) {
      const mine = own(link);
      if (mine === undefined) return;
      unlist(mine);
      mine.names = [];
      mine.capabilities = undefined;
    },
  };
}
