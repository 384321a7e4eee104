import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../../testing/node-settle.ts';
import { createProbeTokens } from '../../testing/probe-domain.ts';
import { createWorld, endWorlds, type ProbeWorld } from '../../testing/probe-world.ts';

afterEach(endWorlds);

const padded = (bytes: number) => JSON.stringify({ request_id: '1', type: 'ping', payload: {} }).padEnd(bytes);

/** Tokens that are judged only when the test says so. */
function slowTokens() {
  const tokens = createProbeTokens();
  let judge = () => {};
  const judged = new Promise<void>((resolve) => {
    judge = resolve;
  });
  return {
    judge,
    tokens: { ...tokens, authenticate: (token: string) => judged.then(() => tokens.authenticate(token)) },
  };
}

/** A peer of which more is read although its token is still judged: a transport that is told to stop has some left over. */
function dialUnheeded(world: ProbeWorld) {
  const peer = world.dial();
  peer.channel.resume();
  return peer;
}

describe('what a stranger may send', () => {
  it('is frames of 16 KiB at the most where an init is due [HS-5]', async () => {
    const world = await createWorld({ limits: { max_frame_bytes: 4_194_304 } });
    const peer = world.dial();
    await settle();

    peer.sendText(padded(16_385));

    expect(peer.closeCode).toBe(4003);
  });

  it('is frames of 16 KiB at the most among what is left over while the token is judged [HS-5]', async () => {
    const { tokens } = slowTokens();
    const world = await createWorld({ tokens, limits: { max_frame_bytes: 4_194_304 } });
    const peer = dialUnheeded(world);

    peer.sendText(padded(16_385));

    expect(peer.closeCode).toBe(4003);
  });

  it('is counted in bytes, not in characters [HS-5]', async () => {
    const { tokens } = slowTokens();
    const world = await createWorld({ tokens });
    const fits = dialUnheeded(world);
    const large = dialUnheeded(world);

    fits.sendText('é'.repeat(8_192));
    large.sendText('é'.repeat(8_193));

    expect(fits.closeCode).toBeUndefined();
    expect(large.closeCode).toBe(4003);
  });

  it('is frames of 16 KiB at the most where a proof is due, although larger ones were announced [HS-5]', async () => {
    const world = await createWorld();
    const peer = world.dial();
    peer.introduce();
    await settle();

    peer.sendText(padded(16_385));

    expect(peer.closeCode).toBe(4003);
    expect(peer.closeReason).toContain('16 KiB');
  });

  it('is 8 frames [HS-6]', async () => {
    const { tokens } = slowTokens();
    const world = await createWorld({ tokens });
    const peer = dialUnheeded(world);

    for (let sent = 0; sent < 8; sent += 1) peer.sendText('x');
    expect(peer.closeCode).toBeUndefined();
    peer.sendText('x');

    expect(peer.closeCode).toBe(4003);
  });

  it('is 64 KiB in all [HS-6]', async () => {
    const { tokens } = slowTokens();
    const world = await createWorld({ tokens });
    const peer = dialUnheeded(world);

    for (let sent = 0; sent < 4; sent += 1) peer.sendText(padded(16_384));
    expect(peer.closeCode).toBeUndefined();
    peer.sendText('x');

    expect(peer.closeCode).toBe(4003);
  });

  it.each([
    ['is not read', (world: ProbeWorld) => world.dial(), 1],
    ['waits where it was left over', dialUnheeded, 0],
  ])('%s before the token is accepted, and then is [UP-8]', async (_what, dial, unread) => {
    const { tokens, judge } = slowTokens();
    const world = await createWorld({ tokens });
    const peer = dial(world);
    peer.introduce();
    await settle();
    expect(peer.channel.unread).toBe(unread);
    expect(peer.frames).toEqual([]);

    judge();
    await settle();
    peer.prove();
    await settle();

    expect(peer.connection.open).toBe(true);
  });

  it.each([
    ['missing', null],
    ['unknown', 'nobody'],
  ])('is never read when the token is %s: the close is 4001 [UP-8] [HS-8] [HS-9]', async (_what, token) => {
    const world = await createWorld();
    const peer = world.dial({ token });

    peer.sendText('not even JSON');
    await settle();

    expect(peer.closeCode).toBe(4001);
    expect(peer.frames).toEqual([]);
    expect(world.gateway.held().connections).toBe(0);
  });
});

describe('the time for a handshake', () => {
  it.each([
    ['nothing came', 0],
    ['only the init came', 1],
  ])('ends with 4002 after 10 s when %s [HS-7]', async (_what, frames) => {
    const world = await createWorld();
    const peer = world.dial();
    if (frames > 0) peer.introduce();
    await settle();

    world.clock.advance(9_999);
    expect(peer.closeCode).toBeUndefined();
    world.clock.advance(1);

    expect(peer.closeCode).toBe(4002);
  });

  it('ends with 4002 while the token is still judged [HS-7]', async () => {
    const { tokens } = slowTokens();
    const world = await createWorld({ tokens });
    const peer = world.dial();

    world.clock.advance(10_000);

    expect(peer.closeCode).toBe(4002);
  });

  it('ends with 4002 while the store does not answer [HS-7]', async () => {
    let hang: Promise<void> | undefined;
    const world = await createWorld({ faults: { beforeCommit: () => hang } });
    let goOn = () => {};
    const peer = world.dial();
    peer.introduce();
    await settle();
    hang = new Promise((resolve) => {
      goOn = resolve;
    });
    peer.prove();
    await settle();

    world.clock.advance(10_000);
    expect(peer.closeCode).toBe(4002);
    hang = undefined;
    goOn();
    await settle();

    expect(peer.frames).toHaveLength(1);
    expect(world.gateway.held()).toEqual({ connections: 0, peers: 0, watchedTokens: 0, tenantLogs: 0 });
  });

  it('does not count once the handshake is complete [HS-7]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    world.clock.advance(14_000);

    expect(peer.closeCode).toBeUndefined();
  });
});

describe('what a peer sends right after its proof result', () => {
  it('is not bounded like a stranger: 300 requests are answered, in the order in which they came', async () => {
    let greeted = () => {};
    const started: string[] = [];
    const world = await createWorld({
      greet: () =>
        new Promise<void>((resolve) => {
          greeted = resolve;
        }),
      handlers: {
        'note.touch': (payload) => {
          started.push((payload as { id: string }).id);
        },
      },
    });
    const peer = world.dial();
    peer.introduce();
    await settle();
    peer.prove();
    await settle();
    expect(peer.last.type).toBe('connect.proof');
    expect(peer.connection.open).toBe(true);

    for (let sent = 0; sent < 300; sent += 1) peer.ask('note.touch', { id: `n${sent}` });
    await settle();
    expect(started).toEqual([]);
    expect(peer.channel.paused).toBe(true);
    greeted();
    await settle();

    expect(started).toEqual(Array.from({ length: 300 }, (_, at) => `n${at}`));
    expect(peer.frames.filter(({ ok, type }) => ok && type === 'note.touch')).toHaveLength(300);
    expect(peer.channel.paused).toBe(false);
  });

  it('may be larger than what a stranger may send', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.write', { id: 'a', text: 'x'.repeat(100_000) });

    expect(answer.ok).toBe(true);
  });
});
