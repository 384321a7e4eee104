import {
  type Client,
  ClientError,
  type ConnectSocket,
  connectDefaultSocket,
  createClient,
  generateIdentity,
} from '@tyrum/client-sdk';
import { type Clock, systemClock } from '@tyrum/contracts';
import { createMemoryStore, echoRunner, generateGatewayKey, nodeSigner } from '@tyrum/gateway-core';
import { createServer } from '@tyrum/gateway-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractOfAge } from './contract-of-age.ts';
import { connectPeer, createDevice, initPayload, openPeer } from './revision-two-peer.ts';

const TOKEN = 'the-token-of-the-revision-matrix';

/** What each program speaks: the revision in the field, the one of today, both, and one that nobody has released. */
const AGES = [[2], [3], [2, 3], [2, 3, 4], [3, 4], [4]] as const;

/**
 * How a client (down) and a gateway (across) get on: the revision that they agree on, or the side to upgrade. Written out, so
 * that the rule of agreement is not its own witness.
 */
const OUTCOMES = [
  //            2          3          2, 3       2, 3, 4    3, 4       4
  /* 2       */ [2, 'client', 2, 2, 'client', 'client'],
  /* 3       */ ['gateway', 3, 3, 3, 3, 'client'],
  /* 2, 3    */ [2, 3, 3, 3, 3, 'client'],
  /* 2, 3, 4 */ [2, 3, 3, 4, 4, 4],
  /* 3, 4    */ ['gateway', 3, 3, 4, 4, 4],
  /* 4       */ ['gateway', 'gateway', 'gateway', 4, 4, 4],
] as const;

type Server = Awaited<ReturnType<typeof startServer>>;

async function startServer(revisions: readonly number[]) {
  const server = await createServer({
    contract: contractOfAge(revisions),
    store: createMemoryStore(),
    signer: nodeSigner(generateGatewayKey()),
    runner: echoRunner(),
    http: { closeTimeoutMs: 100 },
  });
  await server.gateway.tokens.ensureAdmin(TOKEN);
  return { ...(await server.listen()), gateway: server.gateway, close: server.close };
}

/** A clock that knows how many of its timers are still to come. */
function countingClock(): Clock & { readonly waiting: number } {
  const clock = systemClock();
  const timers = new Set<() => void>();
  return {
    now: clock.now,
    elapsed: clock.elapsed,
    after(ms, callback) {
      const undo = clock.after(ms, () => {
        timers.delete(cancel);
        callback();
      });
      const cancel = () => {
        timers.delete(cancel);
        undo();
      };
      timers.add(cancel);
      return cancel;
    },
    get waiting() {
      return timers.size;
    },
  };
}

async function clientOf(revisions: readonly number[], url: string) {
  const clock = countingClock();
  let sockets = 0;
  const connectSocket: ConnectSocket = (request, events) => {
    sockets += 1;
    return connectDefaultSocket(request, events);
  };
  const identity = await generateIdentity();
  const client = createClient({
    url,
    token: TOKEN,
    identity,
    contract: contractOfAge(revisions),
    clock,
    connectSocket,
  });
  return { client, clock, sockets: () => sockets };
}

/** Says something and resolves with what the gateway answers, in the words of the revision that was agreed. */
async function converse(client: Client<ReturnType<typeof contractOfAge>>, revision: number): Promise<string> {
  const answered = new Promise<string>((resolve) => {
    client.on('message.final', ({ payload }) => {
      if (payload.role === 'assistant') resolve(payload.content);
    });
  });
  const { conversation_id } = (await client.request('conversation.create', {})).conversation;
  const parts = [{ type: 'text', text: `hello at ${revision}` }];
  const words =
    revision === 2
      ? { conversation_id, trigger: 'submit-message', messages: [{ id: 'msg_1', role: 'user', parts }] }
      : { conversation_id, content: parts };
  // The types are those of the newest revision; what goes out is checked against the agreed one.
  await client.request('conversation.send', words as { conversation_id: string; content: typeof parts });
  return answered;
}

describe.each(AGES.map((ages, column) => ({ ages, column })))('a gateway that serves $ages', ({ ages, column }) => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(ages);
  });
  afterAll(() => server.close());

  const outcomes = AGES.map((offered, row) => ({ offered, outcome: OUTCOMES[row]?.[column] }));
  const agreed = outcomes.flatMap(({ offered, outcome }) =>
    typeof outcome === 'number' ? [{ offered, outcome }] : [],
  );
  const refused = outcomes.flatMap(({ offered, outcome }) =>
    typeof outcome === 'string' ? [{ offered, outcome }] : [],
  );

  it.each(agreed)('agrees with a client that offers $offered on $outcome [RV-6]', async ({ offered, outcome }) => {
    const { client, sockets } = await clientOf(offered, server.url);
    const skies: string[] = [];
    client.on('weather.changed', ({ payload }) => void skies.push(payload.sky));

    const open = await client.connect();
    const answer = await converse(client, outcome);
    if (ages.some((revision) => revision === 4)) {
      server.gateway.events.emit('default', 'weather.changed', { sky: 'blue' });
      await client.request('ping', {});
    }

    expect(open.revision).toBe(outcome);
    expect(open.gateway?.id).toBe(outcome === 2 ? undefined : server.gateway.gatewayId);
    expect(answer).toBe(`hello at ${outcome}`);
    expect(skies).toEqual(outcome === 4 ? ['blue'] : []);
    expect(sockets()).toBe(1);
    await client.close();
  });

  it.runIf(refused.length > 0).each(refused)(
    'refuses a client that offers $offered, names the $outcome, and is not asked again [RV-7] [CC-4]',
    async ({ offered, outcome }) => {
      const { client, clock, sockets } = await clientOf(offered, server.url);

      const reason = await client.connect().catch((error: unknown) => error);

      expect(ClientError.is(reason) ? reason.code : reason).toBe('refused');
      expect(client.state).toMatchObject({ status: 'stopped', mustChange: outcome, reason: { mustChange: outcome } });
      expect((reason as ClientError).message).toContain(`upgrade the ${outcome}`);
      if (offered.some((revision) => revision > 2)) {
        expect((reason as ClientError).details).toEqual({ offered, supported: ages, upgrade: outcome });
      }
      // Nothing is left that could make it try once more.
      expect([sockets(), clock.waiting]).toEqual([1, 0]);
      await client.close();
    },
  );

  it('treats a peer that was written for revision 2 alone by what it serves [RV-1] [RV-2]', async () => {
    if (OUTCOMES[0][column] === 2) {
      const peer = await connectPeer({ port: server.port, token: TOKEN });
      const { conversation_id } = (await peer.ask('conversation.create', {})).result.conversation;
      const parts = [{ type: 'text', text: 'hello' }];
      await peer.ask('conversation.send', {
        conversation_id,
        trigger: 'submit-message',
        messages: [{ id: 'msg_1', role: 'user', parts }],
      });
      await peer.until(({ type }) => type === 'turn.completed');
      peer.socket.cut();
      return;
    }

    const { socket } = await openPeer({ port: server.port, token: TOKEN });
    socket.sendText(JSON.stringify({ request_id: '1', type: 'connect.init', payload: initPayload(createDevice()) }));

    await expect(socket.next()).rejects.toThrow('4005');
    expect(await socket.closed).toMatchObject({ code: 4005, reason: expect.stringContaining('upgrade the client') });
  });
});
