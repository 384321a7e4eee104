import type { Node, Pairing, Random, Scope } from '@tyrum/contracts';
import type { Peer } from '../../engine/connection/peer.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { causeOf } from '../background.ts';
import { nextCount } from '../counters.ts';
import type { DomainPolicies, DomainServices } from '../domain.ts';
import { inTenant, type TenantUnit } from '../tenant-unit.ts';
import type { Tokens } from '../tokens/tokens.ts';
import { wireTime } from '../wire-time.ts';
import type { NodeLink, NodeLinks } from './node-links.ts';
import { isWaiting, pairingDocumentId, pairingOf, pairings } from './pairing-records.ts';
import { savePairing, withReview } from './pairing-reviews.ts';

/** What happens when a node connects: it is recognised, or it asks to be paired. */
export interface NodeGreeting {
  /** Runs before the node's first request does. */
  greet(peer: Peer): Promise<void>;
  /** Lets a node that is connected act as a paired one, and sends it its token once the transaction holds. */
  admit(unit: TenantUnit, link: NodeLink, pairing: Pairing, token: 'new' | 'kept'): Promise<void>;
}

export interface GreetingOptions {
  readonly services: DomainServices;
  readonly links: NodeLinks;
  readonly tokens: Tokens;
  readonly policy: DomainPolicies['pairing'];
  /** A node may be given work from now on. */
  readonly onAdmitted: (link: NodeLink) => void;
}

type Decision = 'ask' | 'approve' | 'deny';

export function createNodeGreeting({ services, links, tokens, policy, onAdmitted }: GreetingOptions): NodeGreeting {
  const { random, telemetry, clock } = services;

  async function admit(unit: TenantUnit, link: NodeLink, pairing: Pairing, token: 'new' | 'kept'): Promise<void> {
    const inUse = new Set(links.ofNode(link.tenant, link.nodeId).map(({ peer }) => peer.tokenId));
    const issued = token === 'new' ? await tokens.issueNodeToken(unit, link.nodeId, inUse) : undefined;
    unit.afterCommit(() => {
      if (!link.open) return;
      setPaired(link.peer, true);
      links.admit(
        link,
        pairing.capability_allowlist.map(({ id }) => id),
      );
      if (issued !== undefined) link.peer.sendDirect('pairing.updated', { pairing, scoped_token: issued.token });
      onAdmitted(link);
    });
  }

  /** Recognises a node whose pairing stands or waits; resolves with `undefined` for one that has to ask. */
  async function recognise(unit: TenantUnit, link: NodeLink): Promise<Pairing | undefined> {
    const { tx, tenant, now } = unit;
    const known = await pairingOf(tx, tenant, link.nodeId);
    if (known === undefined) return undefined;
    const node = nodeOf(link.peer, now);
    const seen: Pairing = { ...known, node };
    const changed =
      JSON.stringify({ ...node, last_seen_at: '' }) !== JSON.stringify({ ...known.node, last_seen_at: '' });
    // Having been seen is kept, but it is no news of the pairing.
    if (changed) await savePairing(unit, seen);
    else await tx.documents.put(tenant, pairings, pairingDocumentId(known.pairing_id), seen);
    if (seen.status === 'approved') await admit(unit, link, seen, link.peer.deviceBound ? 'kept' : 'new');
    return seen.status === 'approved' || isWaiting(seen) ? seen : undefined;
  }

  async function open(unit: TenantUnit, link: NodeLink, decision: Decision): Promise<void> {
    const { tx, tenant, now } = unit;
    if ((await recognise(unit, link)) !== undefined) return;
    const before = await pairingOf(tx, tenant, link.nodeId);
    // A policy that says no each time the node tries adds nothing to what it said before.
    if (decision === 'deny' && before?.status === 'denied' && before.latest_review?.reviewer_kind === 'system') return;
    const node = nodeOf(link.peer, now);
    const request: Pairing = {
      pairing_id: await nextCount(tx, tenant, 'pairings'),
      status: 'awaiting_human',
      motivation:
        before === undefined
          ? 'the node connected for the first time'
          : `the node connected again; it was ${before.status}`,
      requested_at: node.last_seen_at,
      node,
      capability_allowlist: [],
      latest_review: null,
    };
    const pairing = await savePairing(unit, decided(request, random, now, decision));
    if (pairing.status === 'approved') await admit(unit, link, pairing, 'new');
  }

  return {
    admit,
    async greet(peer) {
      const link = links.add(peer);
      if (await inTenant(services, peer.tenant, (unit) => recognise(unit, link))) {
        if (link.capabilities === undefined) setPaired(peer, false);
        return;
      }
      const decision = judge(policy, nodeOf(peer, clock.now()), telemetry);
      await inTenant(services, peer.tenant, (unit) => open(unit, link, decision));
      if (link.capabilities === undefined) setPaired(peer, false);
    },
  };
}

function judge(policy: DomainPolicies['pairing'], node: Node, telemetry: Telemetry): Decision {
  try {
    return policy?.(node) ?? 'ask';
  } catch (error) {
    telemetry.log('error', 'the pairing policy failed; a human is asked', { cause: causeOf(error) });
    return 'ask';
  }
}

function decided(request: Pairing, random: Random, now: number, decision: Decision): Pairing {
  const reviewer = { kind: 'system', id: null } as const;
  switch (decision) {
    case 'ask':
      return withReview(request, random, now, { state: 'requested_human', reviewer, reason: null });
    case 'deny':
      return withReview({ ...request, status: 'denied' }, random, now, {
        state: 'denied',
        reviewer,
        reason: 'by policy',
      });
    case 'approve': {
      const granted = { trust_level: 'remote', capability_allowlist: request.node.capabilities } as const;
      const judgement = { state: 'approved', reviewer, reason: 'by policy', decision: granted } as const;
      return withReview({ ...request, ...granted, status: 'approved' }, random, now, judgement);
    }
  }
}

function nodeOf(peer: Peer, now: number): Node {
  return {
    node_id: peer.deviceId,
    ...(peer.label === undefined ? {} : { label: peer.label }),
    capabilities: [...peer.capabilities],
    last_seen_at: wireTime(now),
  };
}

/** Whether a connection is that of a paired node: its scope says so, whatever its token says. */
function setPaired(peer: Peer, paired: boolean): void {
  if (peer.scopes.has('node.paired') === paired) return;
  const others = [...peer.scopes].filter((scope): scope is Scope => scope !== 'node.paired');
  peer.setScopes(paired ? [...others, 'node.paired'] : others);
}
