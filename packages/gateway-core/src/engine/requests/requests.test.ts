import { ProtocolError } from '@tyrum/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../ports/store.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

const note = { id: 'a', text: 'x' };

describe('every request gets exactly one response', () => {
  it.each([
    ['of a type that nobody knows', 'no.such', {}, 'unsupported_operation'],
    ['of a type that is a prototype', '__proto__', {}, 'unsupported_operation'],
    ['of a type that every object has', 'constructor', {}, 'unsupported_operation'],
    ['with a payload that does not fit', 'note.read', { id: 7 }, 'contract_error'],
    ['with null for a payload', 'note.read', null, 'contract_error'],
    ['with a list for a payload', 'note.read', [], 'contract_error'],
    ['whose handler refuses', 'note.write', { id: 'a', text: 'refuse' }, 'invalid_state'],
    ['whose handler throws', 'note.write', { id: 'a', text: 'throw' }, 'internal'],
    ['whose handler is missing', 'note.orphan', { id: 'a' }, 'unsupported_operation'],
    ['of a handshake that is over', 'connect.proof', {}, 'contract_error'],
  ])('%s [RQ-1]', async (_what, type, payload, code) => {
    for (const revision of [2, 3] as const) {
      const world = await createWorld();
      const peer = await world.connect({ revision });

      const requestId = peer.ask(type, payload);
      await settle();
      world.clock.advance(120_000);

      expect(peer.responses(requestId)).toHaveLength(1);
      expect(peer.responses(requestId)[0]?.error?.code).toBe(code);
    }
  });

  it.each([
    ['no type', {}],
    ['a type that is a number', { type: 7 }],
    ['an empty type', { type: '' }],
    ['a type of 129 characters', { type: 't'.repeat(129) }],
    ['no payload', { type: 'note.read' }],
  ])('with %s [RQ-1] [ER-3]', async (_what, frame) => {
    const world = await createWorld();
    const peer = await world.connect();

    peer.send({ request_id: 'x', ...frame });
    await settle();

    expect(peer.responses('x')).toHaveLength(1);
    expect(peer.last.error).toMatchObject({
      code: 'contract_error',
      details: { issues: [{ path: ['type' in frame && frame.type === 'note.read' ? 'payload' : 'type'] }] },
    });
    expect(peer.events('error')).toEqual([]);
  });

  it('when the store cannot keep it [RQ-1]', async () => {
    let broken = false;
    const world = await createWorld({
      faults: {
        beforeCommit() {
          if (broken) throw new Error('disk full');
        },
      },
    });
    const peer = await world.connect();
    await world.ask(peer, 'note.write', { id: 'b', text: 'x' }, { request_id: 'before' });
    broken = true;

    const write = await world.ask(peer, 'note.write', note, { request_id: 'same' });
    const read = await world.ask(peer, 'note.read', { id: 'b' });
    broken = false;
    const again = await world.ask(peer, 'note.write', note, { request_id: 'same' });

    expect(write.error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(read.error).toMatchObject({ code: 'unavailable' });
    expect(again).toMatchObject({ ok: true, result: { version: 1 } });
    expect(peer.responses('same')).toHaveLength(2);
  });

  it('when the store is closed [RQ-1]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.store.close();

    const answer = await world.ask(peer, 'note.write', note);

    expect(answer.error?.code).toBe('unavailable');
  });

  it('when its handler throws what is no error [RQ-1] [ER-4]', async () => {
    const thrown = [undefined, null, 'text', { code: 'conflict' }, new StoreUnavailableError('of the handler'), 7];
    const world = await createWorld({
      handlers: {
        'note.rename': () => {
          throw thrown.shift();
        },
      },
    });
    const peer = await world.connect();

    for (const code of ['internal', 'internal', 'internal', 'internal', 'unavailable', 'internal']) {
      const answer = await world.ask(peer, 'note.rename', { id: 'a' });
      expect(answer.error?.code).toBe(code);
    }
  });

  it('when its result is none that the contract has, and then nothing is kept [RQ-1] [FR-12]', async () => {
    const world = await createWorld({
      handlers: {
        'note.write': async (_payload, { tx }) => {
          await tx.documents.put('acme', { name: 'probe_notes', indexes: {} }, 'a', { text: 'x' });
          return { id: 'a', version: 'one' };
        },
      },
    });
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.write', note);

    expect(answer.error?.code).toBe('internal');
    expect((await world.ask(peer, 'note.read', { id: 'a' })).error?.code).toBe('not_found');
  });

  it('when its result fits no frame that the peer takes [RQ-1]', async () => {
    const world = await createWorld({
      limits: { max_frame_bytes: 20_000 },
      handlers: { 'note.read': () => ({ id: 'a', text: 'x'.repeat(20_000) }) },
    });
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.read', { id: 'a' });

    expect(answer.error?.code).toBe('internal');
    for (const text of peer.channel.sent) expect(text.length).toBeLessThanOrEqual(20_000);
  });

  it('each of several under one request id that only read [RQ-1] [RQ-5]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    for (let sent = 0; sent < 3; sent += 1) peer.ask('note.read', { id: 'a' }, { request_id: 'same' });
    await settle();

    expect(peer.responses('same')).toHaveLength(3);
  });

  it('also when what was to follow the commit throws: the answer tells what was committed [RQ-1]', async () => {
    const world = await createWorld({
      handlers: {
        'note.rename': (_payload, { afterCommit }) => {
          afterCommit(() => {
            throw new Error('of the follower');
          });
        },
      },
    });
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.rename', { id: 'a' });

    expect(answer.ok).toBe(true);
    expect(world.logs.some(({ fields }) => String(fields.cause).includes('of the follower'))).toBe(true);
  });
});

describe('a type', () => {
  it.each([
    [3, 'note.legacy', { since: 2, until: 2 }],
    [2, 'note.rename', { since: 3 }],
    [2, 'events.ack', { since: 3 }],
    [2, 'request.status', { since: 3 }],
  ] as const)(
    'of another revision than %i, %s, is answered with its revisions [RQ-2] [ER-2]',
    async (revision, type, details) => {
      const world = await createWorld();
      const peer = await world.connect({ revision });

      const answer = await world.ask(peer, type, { id: 'a' });

      expect(answer.error).toMatchObject({ code: 'unsupported_operation', details });
    },
  );

  it('that the gateway sends, and not a peer, is an unsupported_operation [RQ-2]', async () => {
    const world = await createWorld();
    const node = await world.connect({ role: 'node' });

    const answer = await world.ask(node, 'lamp.act', { lamp: 'a' });

    expect(answer.error?.code).toBe('unsupported_operation');
  });

  it('without a handler is an unsupported_operation [RQ-2]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    expect((await world.ask(peer, 'note.orphan', { id: 'a' })).error?.code).toBe('unsupported_operation');
  });

  it('that ended is answered at the revision that has it, a result of null included [RQ-2]', async () => {
    const world = await createWorld();
    const peer = await world.connect({ revision: 2 });

    expect((await world.ask(peer, 'note.legacy', { id: 'a' })).result).toEqual({ old: true });
    expect((await world.ask(peer, 'note.legacy', { id: 'none' })).result).toBeNull();
  });
});

describe('a request with several faults is refused for the first of', () => {
  const bad = { id: 7 };

  it.each([
    ['revision, before role, scope and payload', 'node', 'note.legacy', [], 'unsupported_operation'],
    ['direction, before role and payload', 'client', 'lamp.act', [], 'unsupported_operation'],
    ['role, before scope and payload', 'node', 'note.read', [], 'forbidden'],
    ['scope, before payload', 'client', 'note.read', [], 'forbidden'],
    ['payload', 'client', 'note.read', ['operator.read'], 'contract_error'],
  ] as const)('%s [RQ-3]', async (_what, role, type, scopes, code) => {
    const world = await createWorld();
    const peer = await world.connect({ role, grant: { scopes } });

    const answer = await world.ask(peer, type, bad);

    expect(answer.error?.code).toBe(code);
    if (type === 'note.read' && role === 'node') expect(answer.error?.details).toEqual({ roles: ['client'] });
  });
});

describe('the requests of one connection', () => {
  it('start in the order in which they came, and their responses may overtake each other [RQ-4]', async () => {
    const started: string[] = [];
    let finish = () => {};
    const world = await createWorld({
      handlers: {
        'lamp.switch': async (payload) => {
          const { lamp } = payload as { lamp: string };
          started.push(lamp);
          if (lamp === 'slow')
            await new Promise<void>((resolve) => {
              finish = resolve;
            });
          return { lit: true };
        },
        'note.touch': (payload) => void started.push((payload as { id: string }).id),
        'note.read': (payload) => {
          const { id } = payload as { id: string };
          started.push(id);
          throw new ProtocolError('not_found', 'no');
        },
      },
    });
    const peer = await world.connect();

    const slow = peer.ask('lamp.switch', { lamp: 'slow' });
    peer.ask('lamp.switch', { lamp: 'second' });
    peer.ask('lamp.switch', { lamp: 'third' });
    await settle();
    const fourth = peer.ask('note.touch', { id: 'fourth' });
    peer.ask('note.read', { id: 'fifth' });
    peer.ask('note.touch', { id: 'sixth' });
    await settle();
    expect(peer.responses(slow)).toEqual([]);
    expect(peer.responses(fourth)).toHaveLength(1);
    finish();
    await settle();

    expect(started).toEqual(['slow', 'second', 'third', 'fourth', 'fifth', 'sixth']);
    expect(peer.responses(slow)).toHaveLength(1);
  });
});
