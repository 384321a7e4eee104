import { type Capability, type CapabilityState, ProtocolError, type Tyrum } from '@tyrum/contracts';
import type { PeerDirectory } from '../../engine/connection/peer.ts';
import type { Handlers } from '../../engine/requests/handlers.ts';
import type { Collection } from '../../ports/store.ts';
import { newestPage } from '../paging/newest-page.ts';
import { contractError } from '../refusals.ts';
import { unitOf } from '../tenant-unit.ts';
import { wireTime } from '../wire-time.ts';
import { pairingList, pairingOf } from './pairing-records.ts';

type NodeHandlers = Pick<Handlers<Tyrum>, 'node.list' | 'capability.ready'>;

/** What a node said last of its capabilities, under the id of the node. */
interface NodeReadiness {
  readonly capabilities?: readonly Capability[];
  readonly capability_states?: readonly CapabilityState[];
  readonly told_at: string;
}

const nodeReadiness: Collection<NodeReadiness> = { name: 'node_readiness', indexes: {} };

const DEFAULT_PAGE = 50;

export function nodeHandlers(peers: PeerDirectory): NodeHandlers {
  return {
    /** A node has one approved pairing at the most, so these are the paired nodes, newest pairing first. */
    async 'node.list'({ limit = DEFAULT_PAGE, cursor }, { tx, caller }) {
      const request = { prefixes: [['approved']], limit, cursor };
      const { values, next } = await newestPage(tx.documents, caller.tenant, pairingList, request);
      const nodes = values.map(({ node }) => ({
        ...node,
        connected: peers.find(caller.tenant, node.node_id, 'node') !== undefined,
      }));
      return { nodes, next_cursor: next };
    },

    async 'capability.ready'({ capabilities, capability_states }, context) {
      const unit = unitOf(context);
      const node_id = context.caller.deviceId;
      const pairing = await pairingOf(unit.tx, unit.tenant, node_id);
      if (pairing?.status !== 'approved') throw new ProtocolError('forbidden', 'the node is not paired');
      const advertised = new Set(pairing.node.capabilities.map(({ id }) => id));
      for (const [at, { id }] of (capabilities ?? []).entries()) refuse(advertised, id, ['capabilities', at]);
      for (const [at, { capability }] of (capability_states ?? []).entries()) {
        refuse(advertised, capability.id, ['capability_states', at, 'capability']);
      }
      const said = {
        ...(capabilities === undefined ? {} : { capabilities }),
        ...(capability_states === undefined ? {} : { capability_states }),
      };
      await unit.tx.documents.put(unit.tenant, nodeReadiness, node_id, { ...said, told_at: wireTime(unit.now) });
      await unit.events.append('capability.ready', { node_id, ...said });
    },
  };
}

function refuse(advertised: ReadonlySet<string>, id: string, path: readonly (string | number)[]): void {
  if (advertised.has(id)) return;
  throw contractError(['payload', ...path, 'id'], 'expected a capability that connect.init advertised');
}
