import { ProtocolError } from '@tyrum/contracts';
import type { Collection, ExtraHandlers, Gateway, RequestContext } from '@tyrum/gateway-core';
import type { SimulatedContract } from '../contract/contracts.ts';
import type { Manner } from '../contract/counter.ts';
import type { Process } from '../kernel/process.ts';

/** What counters hold. */
export const COUNTERS: Collection<{ readonly counter: string; readonly value: number }> = {
  name: 'simulated_counters',
  indexes: { name: ({ counter }) => [counter] },
};

/** How often an intention had its effect: more than once is what must never be. */
export const EFFECTS: Collection<{ readonly token: string; readonly times: number }> = {
  name: 'simulated_effects',
  indexes: { token: ({ token }) => [token] },
};

/** What a slow handler takes, in milliseconds: long enough for the same request to come again meanwhile. */
const SLOW_MS = 300;

type Context = RequestContext<SimulatedContract>;

interface Addition {
  readonly counter: string;
  readonly by: number;
  readonly token: string;
  readonly padding: string;
}

/**
 * The product's side of the gateway: it keeps counters, and it misbehaves when a request asks it to.
 *
 * @param gateway the running one, known only once it runs
 */
export function gatewayHandlers(
  process: Process,
  gateway: () => Gateway<SimulatedContract>,
): ExtraHandlers<SimulatedContract> {
  return {
    async 'counter.add'(payload, context) {
      const { counter, by, token, manner, asides, padding, node_id } = payload;
      misbehave(manner, 'refuse', 'throw');
      if (manner === 'slow') await process.sleep(SLOW_MS);
      const value = await add({ counter, by, token, padding }, context);
      const { events, caller } = context;
      const { deviceId } = caller;
      if (asides.includes('audit')) await events.append('counter.audited', { token, device: deviceId });
      if (asides.includes('whisper')) {
        await events.append('counter.whispered', { token, device: deviceId }, { deviceId });
      }
      if (asides.includes('extra')) await events.append('extra.changed', { token });
      if (asides.includes('note') && node_id !== undefined) {
        await events.append('machine.noted', { token }, { scope: { kind: 'node', node_id } });
      }
      if (asides.includes('hint')) events.emit('counter.hinted', { token });
      misbehave(manner, 'refuse_after_writing', 'throw_after_writing');
      return { token, value };
    },

    async 'counter.read'(_payload, { tx, caller }) {
      const { items } = await tx.documents.list(caller.tenant, COUNTERS, { index: 'name', limit: 1000 });
      return { counters: items.map(({ value }) => value) };
    },

    async 'machine.report'({ counter, token, by }, context) {
      return { token, value: await add({ counter, by, token, padding: '' }, context) };
    },

    async 'machine.poke'({ node_id, token }, { caller, requestId }) {
      // Work before and after the call, in which the gateway may die.
      await process.sleep(5);
      const node = gateway().peers.find(caller.tenant, node_id);
      if (node === undefined) throw new ProtocolError('unavailable', 'the node is not here');
      // The same id for the same intention: a node that did it before answers from its journal.
      await node.request('machine.turn', { token }, { requestId: `turn-${token}`, timeoutMs: 20_000 });
      await process.sleep(requestId.length % 20);
      return { token };
    },
  };
}

async function add({ counter, by, token, padding }: Addition, { tx, events, caller }: Context): Promise<number> {
  const { tenant } = caller;
  const effect = await tx.documents.get(tenant, EFFECTS, token);
  await tx.documents.put(tenant, EFFECTS, token, { token, times: (effect?.value.times ?? 0) + 1 });
  const before = await tx.documents.get(tenant, COUNTERS, counter);
  const value = (before?.value.value ?? 0) + by;
  await tx.documents.put(tenant, COUNTERS, counter, { counter, value });
  await events.append('counter.changed', { counter, by, value, token, padding, by_device: caller.deviceId });
  return value;
}

function misbehave(manner: Manner, refusal: Manner, failure: Manner): void {
  if (manner === refusal) throw new ProtocolError('invalid_state', 'refused, as the request asked for');
  if (manner === failure) throw new Error('a bug of the product, as the request asked for');
}
