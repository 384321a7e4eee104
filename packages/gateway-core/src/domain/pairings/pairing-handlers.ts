import {
  type Capability,
  CLOSE_CODES,
  type Pairing,
  type Payload,
  ProtocolError,
  type Random,
  type Tyrum,
} from '@tyrum/contracts';
import type { Caller, Handlers } from '../../engine/requests/handlers.ts';
import { newestPage } from '../paging/newest-page.ts';
import { contractError, notFound } from '../refusals.ts';
import { type TenantUnit, unitOf } from '../tenant-unit.ts';
import type { Tokens } from '../tokens/tokens.ts';
import type { NodeGreeting } from './node-greeting.ts';
import type { NodeLinks } from './node-links.ts';
import { findPairing, isWaiting, pairingList } from './pairing-records.ts';
import { savePairing, withReview } from './pairing-reviews.ts';

type PairingHandlers = Pick<Handlers<Tyrum>, Extract<keyof Handlers<Tyrum>, `pairing.${string}`>>;

export interface PairingServices {
  readonly links: NodeLinks;
  readonly greeting: NodeGreeting;
  readonly tokens: Tokens;
  readonly random: Random;
}

const DEFAULT_PAGE = 50;
const STATUSES = ['queued', 'reviewing', 'awaiting_human', 'approved', 'denied', 'revoked'] as const;

export function pairingHandlers({ links, greeting, tokens, random }: PairingServices): PairingHandlers {
  return {
    async 'pairing.list'({ status, limit = DEFAULT_PAGE, cursor }, { tx, caller }) {
      const prefixes = (status === undefined ? STATUSES : [status]).map((one) => [one]);
      const { values, next } = await newestPage(tx.documents, caller.tenant, pairingList, { prefixes, limit, cursor });
      return { pairings: [...values], next_cursor: next };
    },

    async 'pairing.approve'(payload, context) {
      const unit = unitOf(context);
      const pairing = await existing(unit, payload.pairing_id);
      if (pairing.status === 'approved' && isSameApproval(pairing, payload)) return { pairing };
      if (!isWaiting(pairing)) throw decidedAlready(pairing);
      refuseUnadvertised(pairing, payload.capability_allowlist);
      const { trust_level, capability_allowlist } = payload;
      const approved = withReview(
        { ...pairing, status: 'approved', trust_level, capability_allowlist },
        random,
        unit.now,
        {
          state: 'approved',
          ...humanJudgement(context.caller, payload.reason),
          decision: { trust_level, capability_allowlist },
        },
      );
      await savePairing(unit, approved);
      const link = links.find(unit.tenant, pairing.node.node_id);
      if (link !== undefined) await greeting.admit(unit, link, approved, 'new');
      return { pairing: approved };
    },

    async 'pairing.deny'({ pairing_id, reason }, context) {
      const unit = unitOf(context);
      const pairing = await existing(unit, pairing_id);
      if (pairing.status === 'denied') return { pairing };
      if (!isWaiting(pairing)) throw decidedAlready(pairing);
      const judgement = { state: 'denied', ...humanJudgement(context.caller, reason) } as const;
      return {
        pairing: await savePairing(unit, withReview({ ...pairing, status: 'denied' }, random, unit.now, judgement)),
      };
    },

    async 'pairing.revoke'({ pairing_id, reason }, context) {
      const unit = unitOf(context);
      const pairing = await existing(unit, pairing_id);
      if (pairing.status === 'revoked') return { pairing };
      if (isWaiting(pairing)) {
        throw new ProtocolError('invalid_state', 'the pairing was not decided yet; deny it', { details: { pairing } });
      }
      if (pairing.status !== 'approved') throw decidedAlready(pairing);
      const judgement = { state: 'revoked', ...humanJudgement(context.caller, reason) } as const;
      const revoked = withReview({ ...pairing, status: 'revoked' }, random, unit.now, judgement);
      await savePairing(unit, revoked);
      const { node_id } = pairing.node;
      await tokens.revokeNodeTokens(unit, node_id);
      unit.afterCommit(() => {
        for (const link of [...links.ofNode(unit.tenant, node_id)]) {
          links.dismiss(link);
          link.peer.close(CLOSE_CODES.unauthorized.code, 'the pairing was revoked');
        }
      });
      return { pairing: revoked };
    },
  };
}

async function existing({ tx, tenant }: TenantUnit, pairingId: number): Promise<Pairing> {
  const pairing = await findPairing(tx, tenant, pairingId);
  if (pairing === undefined) throw notFound('pairing', pairingId);
  return pairing;
}

function decidedAlready(pairing: Pairing): ProtocolError {
  return new ProtocolError('conflict', `the pairing is ${pairing.status} already`, { details: { pairing } });
}

function humanJudgement({ deviceId }: Caller, reason: string | undefined) {
  return { reviewer: { kind: 'human', id: deviceId }, reason: reason ?? null } as const;
}

function isSameApproval(
  pairing: Pairing,
  { trust_level, capability_allowlist }: Payload<Tyrum, 'pairing.approve'>,
): boolean {
  const ids = (capabilities: readonly Capability[]) => JSON.stringify(capabilities.map(({ id }) => id).sort());
  return pairing.trust_level === trust_level && ids(pairing.capability_allowlist) === ids(capability_allowlist);
}

function refuseUnadvertised({ node }: Pairing, allowlist: readonly Capability[]): void {
  const advertised = new Set(node.capabilities.map(({ id }) => id));
  const at = allowlist.findIndex(({ id }) => !advertised.has(id));
  if (at >= 0)
    throw contractError(
      ['payload', 'capability_allowlist', at, 'id'],
      'expected a capability that the node advertises',
    );
}
