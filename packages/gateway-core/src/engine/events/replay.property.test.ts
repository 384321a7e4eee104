import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createProbeStore, createWorld, endWorlds } from '../../testing/probe-world.ts';
import type { RawPeer, WireFrame } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

type Step =
  | { readonly do: 'append'; readonly kinds: readonly Kind[] }
  | { readonly do: 'ack'; readonly behind: number }
  | { readonly do: 'stall' | 'read' | 'lose' | 'crash' | 'beat' | 'settle' | 'resume acked' };
type Kind = 'for all' | 'for us' | 'for another' | 'for administrators';

const kind = fc.constantFrom<Kind>('for all', 'for us', 'for another', 'for administrators');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('append' as const), kinds: fc.array(kind, { maxLength: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ack' as const), behind: fc.nat(5) }) },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('stall', 'read', 'lose', 'crash', 'beat', 'settle', 'resume acked')
      .map((name) => ({ do: name })),
  },
);

/** Follows the events as a careful client does: by `prev`, by `event_id`, and resuming from what it processed. */
function createFollower() {
  const processed: string[] = [];
  let cursor: string | undefined;
  let taken = 0;
  return {
    processed,
    get cursor() {
      return cursor;
    },
    begin(peer: RawPeer) {
      taken = 0;
      const { result } = peer.frames[1] as WireFrame;
      if (cursor === undefined) cursor = result?.cursor as string;
      return result;
    },
    /** What stood in the acked cursor's place, when that was resumed from. */
    rewind(to: string, length: number) {
      cursor = to;
      processed.length = length;
    },
    take(peer: RawPeer) {
      for (const event of peer.events().slice(taken)) {
        if (event.prev !== cursor) throw new Error(`prev is ${event.prev}, and the last cursor was ${cursor}`);
        cursor = event.cursor;
        if (event.type !== 'events.bookmark') processed.push((event.payload?.lamp ?? event.payload?.id) as string);
      }
      taken = peer.events().length;
    },
  };
}

describe('a peer that resumes', () => {
  it('gets every event that it may see once and in order, whatever happens between [EV-1] [EV-6] [EV-22] [EV-25] [FC-6] [FC-7]', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (steps, event_window) => {
          const limits = { event_window, high_water_bytes: 900, stall_ms: 3_600_000, heartbeat_ms: 1_000 };
          // Reading takes a turn, so that appends come while a page is read.
          const faults = { beforeRead: () => Promise.resolve() };
          let world = await createWorld({ limits, store: createProbeStore({ faults }) });
          const device = createDevice();
          const token = world.tokens.issue({ scopes: ['operator.read', 'operator.write'] });
          const follower = createFollower();
          const visible: string[] = [];
          let ackedCursor: string | undefined;
          let ackedLength = 0;
          let count = 0;
          let peer = await world.connect({ device, token });
          follower.begin(peer);

          async function comeBack(resume: string): Promise<void> {
            peer = await world.connect({ device, token, resume });
            const result = follower.begin(peer);
            expect(result?.recovery).toEqual({ outcome: 'resumed' });
            expect(result?.cursor).toBe(follower.cursor);
          }

          async function append(kinds: readonly Kind[]): Promise<void> {
            await world.gateway.transact('acme', async ({ events }) => {
              for (const one of kinds) {
                count += 1;
                const name = `${count}`;
                const write = events.append as (type: string, payload: unknown, options?: object) => Promise<void>;
                if (one === 'for administrators') await write('note.sealed', { id: name });
                else if (one === 'for another') await write('lamp.told', { lamp: name }, { deviceId: 'dev_other' });
                else if (one === 'for us') await write('lamp.told', { lamp: name }, { deviceId: device.id });
                else await write('note.written', { id: name, text: 'x'.repeat(count % 300) });
                if (one === 'for all' || one === 'for us') visible.push(name);
              }
            });
          }

          for (const one of steps) {
            switch (one.do) {
              case 'append':
                await append(one.kinds);
                break;
              case 'ack': {
                follower.take(peer);
                const event = peer
                  .events()
                  .filter(({ type }) => type !== 'events.bookmark')
                  .at(-1 - one.behind);
                if (event?.cursor === undefined) break;
                const name = (event.payload?.lamp ?? event.payload?.id) as string;
                const length = follower.processed.indexOf(name) + 1;
                peer.ask('events.ack', { cursor: event.cursor });
                await settle();
                if (length > ackedLength) {
                  ackedLength = length;
                  ackedCursor = event.cursor;
                }
                break;
              }
              case 'stall':
                peer.channel.stall();
                break;
              case 'read':
                peer.channel.read();
                break;
              case 'beat':
                world.clock.advance(1_000);
                break;
              case 'settle':
                await settle();
                break;
              case 'lose':
              case 'crash':
                peer.channel.read();
                await settle();
                follower.take(peer);
                peer.channel.lose();
                if (one.do === 'crash') world = await world.crash();
                await comeBack(follower.cursor ?? '');
                break;
              case 'resume acked':
                peer.channel.read();
                await settle();
                peer.channel.lose();
                if (ackedCursor === undefined) {
                  await comeBack(follower.cursor ?? '');
                  break;
                }
                follower.rewind(ackedCursor, ackedLength);
                await comeBack('acked');
            }
          }

          // Whatever the credit and the socket held back comes with room for it.
          for (let round = 0; round < 500 && follower.processed.length < visible.length; round += 1) {
            peer.channel.read();
            await settle();
            follower.take(peer);
            expect(peer.events().filter(({ type }) => type !== 'events.bookmark').length).toBeGreaterThan(0);
            peer.ask('events.ack', { cursor: follower.cursor });
            await settle();
          }
          expect(follower.processed).toEqual(visible);
          await endWorlds();
        },
      ),
      { numRuns: 60 },
    );
  });
});
