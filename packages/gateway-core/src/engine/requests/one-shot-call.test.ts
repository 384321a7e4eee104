import { ProtocolError, SCOPES } from '@tyrum/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { probe } from '../../testing/probe-contract.ts';
import { createProbeTokens } from '../../testing/probe-domain.ts';
import { createWorld, endWorlds, type ProbeWorld } from '../../testing/probe-world.ts';
import type { WireFrame } from '../../testing/raw-peer.ts';

afterEach(endWorlds);

async function call(world: ProbeWorld, token: string | undefined, type: string, payload: unknown, more = {}) {
  const text = JSON.stringify({ request_id: 'http-1', type, payload, ...more });
  const { status, text: answer } = await world.gateway.call({ token, type, text });
  return { status, frame: JSON.parse(answer) as WireFrame };
}

describe('a call without a connection', () => {
  it('passes the same table of roles and scopes as a request on a connection [AZ-3] [AZ-1]', async () => {
    const world = await createWorld();
    const types = [...probe.at(3).requests.keys()];
    expect(types.length).toBeGreaterThan(12);

    for (const scope of SCOPES) {
      const token = world.tokens.issue({ roles: ['client'], scopes: [scope] });
      const peer = await world.connect({ token });
      for (const type of types.filter((type) => !type.startsWith('connect.') && !type.startsWith('events.'))) {
        const { example } = probe.at(3).requests.get(type)?.definition ?? {};
        const payload = example?.payload ?? {};

        const over = await call(world, token, type, payload, { request_id: `h-${scope}` });
        const on = await world.ask(peer, type, payload, { request_id: `w-${scope}` });

        expect([scope, type, over.frame.error?.code]).toEqual([scope, type, on.error?.code]);
      }
    }
  });

  it('happens once under its key, and on a connection of the same device, too [RQ-6] [RQ-8] [AZ-3]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const token = world.tokens.issue({ deviceId: device.id });
    const note = { id: 'a', text: 'x' };

    const first = await call(world, token, 'note.write', note, { idempotency_key: 'k' });
    const again = await call(world, token, 'note.write', note, { idempotency_key: 'k' });
    const peer = await world.connect({ device, token });
    const connected = await world.ask(peer, 'note.write', note, { idempotency_key: 'k' });

    expect(first).toMatchObject({ status: 200, frame: { ok: true, result: { version: 1 } } });
    expect(again.frame).toMatchObject({ ok: true, replayed: true, result: { version: 1 } });
    expect(connected).toMatchObject({ ok: true, replayed: true, result: { version: 1 } });
  });

  it('of a token without a device finds its repeats, and nobody else’s [RQ-8]', async () => {
    const world = await createWorld();
    const [one, two] = [world.tokens.issue(), world.tokens.issue()];
    const note = { id: 'a', text: 'x' };

    const answers = [
      await call(world, one, 'note.write', note),
      await call(world, one, 'note.write', note),
      await call(world, two, 'note.write', note),
    ];

    expect(answers.map(({ frame }) => [frame.replayed, frame.result?.version])).toEqual([
      [undefined, 1],
      [true, 1],
      [undefined, 2],
    ]);
  });

  it.each([
    ['no token', undefined, 401, 'unauthorized'],
    ['an unknown token', 'nobody', 401, 'unauthorized'],
  ])('with %s is refused [AZ-3]', async (_what, token, status, code) => {
    const world = await createWorld();

    const answer = await call(world, token, 'note.read', { id: 'a' });

    expect([answer.status, answer.frame.error?.code]).toEqual([status, code]);
  });

  it.each([
    ['text that is not JSON', 'note.read', 'hello', 400, 'contract_error'],
    ['a response', 'note.read', '{"request_id":"x","type":"note.read","ok":true}', 400, 'contract_error'],
    [
      'another type than the path',
      'note.read',
      '{"request_id":"x","type":"note.write","payload":{}}',
      400,
      'contract_error',
    ],
    [
      'an unknown key',
      'note.read',
      '{"request_id":"x","type":"note.read","payload":{"id":"a","b":1}}',
      400,
      'contract_error',
    ],
    ['an unknown type', 'no.such', '{"request_id":"x","type":"no.such","payload":{}}', 501, 'unsupported_operation'],
    [
      'an acknowledgement, which needs a connection',
      'events.ack',
      '{"request_id":"x","type":"events.ack","payload":{"cursor":"c"}}',
      501,
      'unsupported_operation',
    ],
  ])('that is %s is answered with its status and code [ER-1] [RQ-1]', async (_what, type, text, status, code) => {
    const world = await createWorld();

    const answer = await world.gateway.call({ token: world.tokens.issue(), type, text });

    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([status, code]);
  });

  it('never rejects, whatever fails behind it [RQ-1] [ER-4]', async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const broken = { ...createProbeTokens(), authenticate: () => Promise.reject(new Error('no store')) };
    const handlers = {
      'note.judge': () => {
        throw new ProtocolError('conflict', 'no', { details: circular });
      },
    };
    const world = await createWorld({ handlers });
    const unable = await createWorld({ tokens: broken });

    const answers = [
      await call(world, world.tokens.issue(), 'note.judge', { id: 'a' }),
      await call(world, world.tokens.issue(), 'note.write', { id: 'a', text: 'throw' }),
      await call(unable, 'token', 'note.read', { id: 'a' }),
    ];

    expect(answers.map(({ status, frame }) => [status, frame.error?.code])).toEqual([
      [500, 'internal'],
      [500, 'internal'],
      [500, 'internal'],
    ]);
  });

  it('shares the rate of its device, and is refused while the gateway stops [FC-3] [LV-5]', async () => {
    const world = await createWorld({ limits: { request_burst: 2, requests_per_second: 1 } });
    const token = world.tokens.issue();
    await call(world, token, 'ping', {});
    await call(world, token, 'ping', {});
    const third = await call(world, token, 'ping', {});
    world.clock.advance(2_000);
    void world.gateway.drain();
    await settle();

    const stopping = await call(world, token, 'note.write', { id: 'a', text: 'x' });

    expect([third.status, stopping.status]).toEqual([429, 503]);
  });
});
