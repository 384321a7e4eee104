import { afterEach, describe, expect, it } from 'vitest';
import { createDevice } from '../../testing/node-device.ts';
import { settle } from '../../testing/node-settle.ts';
import { createWorld, endWorlds } from '../../testing/probe-world.ts';

afterEach(endWorlds);

describe('as_of', () => {
  it('of a write is the cursor of the last event that committed with it [RQ-17]', async () => {
    const world = await createWorld();
    const peer = await world.connect();

    const answer = await world.ask(peer, 'note.write', { id: 'a', text: 'x' });

    expect(answer.as_of).toBe(peer.events('note.written')[0]?.cursor);
  });

  it('of a read is where the log stood: a tail from there has what the read lacks, and nothing twice [RQ-17]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const reader = await world.connect({ device });
    const writer = await world.connect();
    const reads: string[] = [];

    for (let round = 0; round < 20; round += 1) {
      writer.ask('note.write', { id: 'a', text: `${round}` });
      reads.push(reader.ask('note.read', { id: 'a' }));
      if (round % 3 === 0) await settle();
    }
    await settle();

    let judged = 0;
    for (const read of reads) {
      const [answer] = reader.responses(read);
      if (answer?.ok !== true) continue;
      judged += 1;
      const tail = await world.connect({ device, resume: answer.as_of ?? '' });
      const missed = tail.events('note.written').map(({ payload }) => Number(payload?.text));
      expect(tail.frames[1]?.result?.recovery).toEqual({ outcome: 'resumed' });
      const seen = Number(answer.result?.text);
      expect(missed).toEqual(Array.from({ length: 19 - seen }, (_, at) => seen + 1 + at));
      tail.channel.lose();
    }
    expect(judged).toBeGreaterThan(10);
  });

  it('is there when the log is still empty, and at revision 2 never [RQ-17] [RV-3]', async () => {
    const world = await createWorld();
    const peer = await world.connect();
    const old = await world.connect({ revision: 2 });

    const touched = await world.ask(peer, 'note.touch', { id: 'a' });
    const oldAnswer = await world.ask(old, 'note.touch', { id: 'a' });

    expect(touched.as_of).toBe(peer.frames[1]?.result?.cursor);
    expect(oldAnswer).not.toHaveProperty('as_of');
  });

  it('of a repeat is that of the first, for whoever asks now [RQ-17] [RQ-6]', async () => {
    const world = await createWorld();
    const device = createDevice();
    const peer = await world.connect({ device });
    const first = await world.ask(peer, 'note.write', { id: 'a', text: 'x' }, { request_id: 'same' });
    await world.appendNotes(1, 3);

    const again = await world.connect({ device, grant: { scopes: ['operator.write', 'operator.read'] } });
    const repeat = await world.ask(again, 'note.write', { id: 'a', text: 'x' }, { request_id: 'same' });
    const tail = await world.connect({
      device,
      grant: { scopes: ['operator.write', 'operator.read'] },
      resume: repeat.as_of ?? '',
    });

    expect(repeat.as_of).not.toBe(first.as_of);
    expect(tail.frames[1]?.result?.recovery).toEqual({ outcome: 'resumed' });
    expect(tail.events('note.written').map(({ payload }) => payload?.id)).toEqual(['n1', 'n2', 'n3']);
  });

  it('is not on an error, nor on what acted outside the log [RQ-17]', async () => {
    const world = await createWorld({ handlers: { 'lamp.switch': () => ({ lit: true }) } });
    const peer = await world.connect();

    expect(await world.ask(peer, 'note.read', { id: 'a' })).not.toHaveProperty('as_of');
    expect(await world.ask(peer, 'lamp.switch', { lamp: 'a' })).not.toHaveProperty('as_of');
    expect(await world.ask(peer, 'ping', {})).not.toHaveProperty('as_of');
  });
});
