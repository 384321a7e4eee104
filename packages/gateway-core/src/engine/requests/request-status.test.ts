import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

const note = { id: 'a', text: 'x' };

describe('request.status', () => {
  it('tells an effect with its response, by request id and by key [RQ-15]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    await world.ask(peer, 'note.write', note, { request_id: 'plain' });
    await world.ask(peer, 'note.write', note, { request_id: 'other', idempotency_key: 'keyed' });
    await world.ask(peer, 'note.touch', { id: 'a' }, { request_id: 'void' });
    await world.ask(peer, 'note.write', { id: 'a', text: 'refuse' }, { request_id: 'refused' });

    const told = async (payload: object) => (await world.ask(peer, 'request.status', payload)).result;

    expect(await told({ type: 'note.write', request_id: 'plain' })).toEqual({
      status: 'completed',
      response: { ok: true, result: { id: 'a', version: 1, etag: 'v1' } },
    });
    expect(await told({ type: 'note.write', idempotency_key: 'keyed' })).toMatchObject({
      response: { result: { version: 2 } },
    });
    expect(await told({ type: 'note.write', request_id: 'x', idempotency_key: 'keyed' })).toMatchObject({
      status: 'completed',
    });
    expect(await told({ type: 'note.touch', request_id: 'void' })).toEqual({
      status: 'completed',
      response: { ok: true },
    });
    expect(await told({ type: 'note.write', request_id: 'refused' })).toEqual({
      status: 'completed',
      response: { ok: false, error: { code: 'invalid_state', message: 'the note refuses', retryable: false } },
    });
  });

  it.each([
    ['a key that was never used', { type: 'note.write', request_id: 'never' }, {}],
    ['a key of another type', { type: 'note.touch', request_id: 'plain' }, {}],
    ['a key of another device', { type: 'note.write', request_id: 'plain' }, { device: createDevice() }],
    ['a key of another tenant', { type: 'note.write', request_id: 'plain' }, { grant: { tenant: 'other' } }],
    ['the request id of what had a key', { type: 'note.write', request_id: 'other' }, {}],
    ['a type that nobody knows', { type: '__proto__', request_id: 'plain' }, {}],
  ])('answers unknown to %s [RQ-15]', async (_what, payload, dialling) => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    await world.ask(peer, 'note.write', note, { request_id: 'plain' });
    await world.ask(peer, 'note.write', note, { request_id: 'other', idempotency_key: 'keyed' });

    const answer = await world.ask(await world.connect({ device, ...dialling }), 'request.status', payload);

    expect(answer.result).toEqual({ status: 'unknown' });
  });

  it('answers executing while an effect runs, and unknown once it failed [RQ-15]', async () => {
    let hang: Promise<void> | undefined;
    let fail = () => {};
    const world = await createWorld({
      handlers: {
        'note.rename': () => hang,
        'lamp.switch': () => hang,
      },
    });
    const peer = await world.connect();
    hang = new Promise((_resolve, reject) => {
      fail = () => reject(new Error('a bug'));
    });

    peer.ask('lamp.switch', { lamp: 'a' }, { request_id: 'remote' });
    await settle();
    const running = await world.ask(peer, 'request.status', { type: 'lamp.switch', request_id: 'remote' });
    fail();
    await settle();
    const failed = await world.ask(peer, 'request.status', { type: 'lamp.switch', request_id: 'remote' });

    expect(running.result).toEqual({ status: 'executing' });
    expect(failed.result).toEqual({ status: 'unknown' });
  });

  it('asked while an effect commits tells its response, and not that it is unknown [RQ-15]', async () => {
    let hang: Promise<void> | undefined;
    let goOn = () => {};
    const world = await createWorld({ faults: { beforeCommit: () => hang } });
    const peer = await world.connect();
    hang = new Promise((resolve) => {
      goOn = resolve;
    });

    peer.ask('note.write', note, { request_id: 'same' });
    await settle();
    peer.ask('request.status', { type: 'note.write', request_id: 'same' }, { request_id: 'status' });
    await settle();
    expect(peer.responses('status')).toEqual([]);
    hang = undefined;
    goOn();
    await settle();

    expect(peer.responses('status')[0]?.result).toMatchObject({ status: 'completed', response: { ok: true } });
  });

  it.each([
    ['neither id nor key', { type: 'note.write' }],
    ['no type', { request_id: 'plain' }],
  ])('refuses %s [RQ-15] [ER-3]', async (_what, payload) => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'request.status', payload);

    expect(answer.error).toMatchObject({
      code: 'contract_error',
      details: { issues: [{ path: expect.arrayContaining(['payload']) }] },
    });
  });
});
