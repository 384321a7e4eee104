import { describe, expect, test } from 'vitest';
import { uuid } from '../../test/fake-gateway.ts';
import { createOpenWorld, ENTRIES, settled, type World } from '../../test/world.ts';

const turn = (number: number) => ({ turn_id: uuid(number) });

/** Follows the queued turns: a list that is read, and what is added to it. */
function follow({ client }: Pick<World, 'client'>) {
  const shown: string[] = [];
  const following = client.follow(
    async (request) => {
      const { turns } = await request('turn.list', {});
      shown.splice(0, shown.length, ...turns.map(() => 'listed'));
    },
    ['turn.queued'],
    ({ payload }) => void shown.push(payload.turn_id),
  );
  return { shown, following };
}

describe.each(ENTRIES)('follow ($entry)', ({ createWorld, createOpenWorld }) => {
  test('lists, then applies what happens after the list', async () => {
    const world = await createWorld();
    const { shown, following } = follow(world);
    await settled();
    world.gateway.last.answer('turn.list', { turns: [] }, { as_of: world.gateway.head });
    await following.ready;
    world.gateway.last.emit('turn.queued', turn(1));
    world.gateway.last.emit('turn.started', turn(1));
    await settled();

    expect(shown).toEqual([uuid(1)]);
  });

  test('leaves out what the list reflects, and applies what came while it was read [RQ-17]', async () => {
    const world = await createOpenWorld();
    const { gateway } = world;
    gateway.last.emit('turn.queued', turn(1));
    await settled();
    const { shown, following } = follow(world);
    await settled();
    gateway.last.emit('turn.queued', turn(2));
    const asOf = gateway.last.emit('turn.queued', turn(3));
    gateway.last.emit('turn.queued', turn(4));
    gateway.last.answer('turn.list', { turns: [] }, { as_of: asOf });
    await following.ready;
    await settled();

    expect(shown).toEqual([uuid(4)]);
  });

  test('waits for the place of the list when the events are behind the response [RQ-17]', async () => {
    const world = await createOpenWorld();
    const { gateway } = world;
    const { shown, following } = follow(world);
    await settled();
    gateway.last.answer('turn.list', { turns: [] }, { as_of: 'c.2' });
    await settled();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    gateway.last.emit('turn.queued', turn(3));
    await settled();
    await following.ready;
    await settled();

    expect(shown).toEqual([uuid(3)]);
  });

  test('reads again when the place of the list does not come, and applies nothing twice [RQ-17]', async () => {
    const world = await createOpenWorld();
    const { gateway, clock } = world;
    const { shown, following } = follow(world);
    await settled();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.answer('turn.list', { turns: [{ turn: listedTurn }] }, { as_of: 'c.99' });
    await clock.advance(999);
    expect(gateway.last.requests).toEqual([]);
    await clock.advance(1);
    gateway.last.answer('turn.list', { turns: [{ turn: listedTurn }] }, { as_of: gateway.head });
    await following.ready;
    gateway.last.emit('turn.queued', turn(2));
    await settled();

    expect(shown).toEqual(['listed', uuid(2)]);
  });

  test('reads again at once when so many events came without the place that no more will come [FC-6]', async () => {
    const world = await createOpenWorld();
    const { gateway } = world;
    const { shown, following } = follow(world);
    await settled();
    gateway.last.answer('turn.list', { turns: [] }, { as_of: 'c.999999' });
    await settled();
    for (let count = 0; count < 1_024; count += 1) gateway.last.emit('turn.queued', turn(count));
    await settled();
    expect(shown).toEqual([]);
    gateway.last.answer('turn.list', { turns: [{ turn: listedTurn }] }, { as_of: gateway.head });
    await following.ready;
    await settled();

    expect(shown).toEqual(['listed']);
    expect(gateway.last.acks.at(-1)).toBe(gateway.head);
  });

  test('finds the place of the list by a bookmark where no event carries it [EV-26]', async () => {
    const world = await createOpenWorld();
    const { gateway } = world;
    const { shown, following } = follow(world);
    await settled();
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.answer('turn.list', { turns: [{ turn: listedTurn }] }, { as_of: 'c.2' });
    gateway.last.emit('events.bookmark', {});
    gateway.last.emit('turn.queued', turn(2));
    await following.ready;
    await settled();

    expect(shown).toEqual(['listed', uuid(2)]);
  });

  test('waits for no place any more once it was stopped', async () => {
    const world = await createOpenWorld();
    const { shown, following } = follow(world);
    await settled();
    world.gateway.last.answer('turn.list', { turns: [] }, { as_of: 'c.99' });
    await settled();

    following.stop();
    await following.ready;
    world.gateway.last.emit('turn.queued', turn(1));
    await settled();

    expect(shown).toEqual([]);
  });

  test('takes the place of the first page for all of them', async () => {
    const { client, gateway } = await createOpenWorld();
    const shown: string[] = [];
    const { ready } = client.follow(
      async (request) => {
        await request('turn.list', {});
        await request('turn.list', { cursor: 'page-2' });
      },
      ['turn.queued'],
      ({ payload }) => void shown.push(payload.turn_id),
    );
    await settled();
    gateway.last.answer('turn.list', { turns: [], next_cursor: 'page-2' }, { as_of: gateway.head });
    await settled();
    const asOf = gateway.last.emit('turn.queued', turn(1));
    gateway.last.answer('turn.list', { turns: [] }, { as_of: asOf });
    await ready;
    await settled();

    expect(shown).toEqual([uuid(1)]);
  });

  test('reads again where events were missed, before it applies what comes after [CL-8]', async () => {
    const world = await createOpenWorld();
    const { gateway, clock } = world;
    const { shown, following } = follow(world);
    await settled();
    gateway.last.answer('turn.list', { turns: [] }, { as_of: gateway.head });
    await following.ready;
    gateway.last.emit('turn.queued', turn(1));
    await settled();
    gateway.options = { recovery: () => ({ outcome: 'snapshot_required', reason: 'trimmed' }) };
    gateway.last.close(1006);
    await settled();
    gateway.connections[0]?.emit('turn.queued', turn(2));
    await clock.advance(500);
    gateway.last.emit('turn.queued', turn(3));
    await settled();
    expect(shown).toEqual([uuid(1)]);
    gateway.last.answer('turn.list', { turns: [{ turn: listedTurn }] }, { as_of: 'c.2' });
    await clock.advance(100);

    expect(shown).toEqual(['listed', uuid(3)]);
    expect(gateway.last.acks.at(-1)).toBe('c.3');
  });

  test('does not acknowledge the gap before it has read again', async () => {
    const world = await createOpenWorld();
    const { gateway, clock } = world;
    const { following } = follow(world);
    await settled();
    gateway.last.answer('turn.list', { turns: [] }, { as_of: gateway.head });
    await following.ready;
    gateway.options = { recovery: () => ({ outcome: 'snapshot_required', reason: 'trimmed' }) };
    gateway.last.close(1006);
    await clock.advance(500);
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(5_000);

    expect(gateway.last.acks).toEqual([]);
  });

  test('rejects when the first read fails, and follows nothing', async () => {
    const world = await createOpenWorld({ mayReportErrors: true });
    const { following, shown } = follow(world);
    await settled();
    world.gateway.last.refuse('turn.list', { code: 'forbidden', message: 'no scope' });

    await expect(following.ready).rejects.toMatchObject({ code: 'forbidden' });
    expect(world.errors).toEqual(['follow: no scope']);
    world.gateway.last.emit('turn.queued', turn(1));
    await settled();
    expect(shown).toEqual([]);
  });

  test('reports what apply throws, and goes on', async () => {
    const { client, gateway, errors } = await createOpenWorld({ mayReportErrors: true });
    const shown: string[] = [];
    const { ready } = client.follow(
      (request) => request('turn.list', {}),
      ['turn.queued'],
      async ({ payload }) => {
        shown.push(payload.turn_id);
        throw new Error('cannot draw');
      },
    );
    await settled();
    gateway.last.answer('turn.list', { turns: [] }, { as_of: gateway.head });
    await ready;
    gateway.last.emit('turn.queued', turn(1));
    gateway.last.emit('turn.queued', turn(2));
    await settled();

    expect(shown).toEqual([uuid(1), uuid(2)]);
    expect(errors).toEqual(['follow turn.queued: cannot draw', 'follow turn.queued: cannot draw']);
  });

  test('ends by its stop, and with the client', async () => {
    const world = await createOpenWorld();
    const { gateway, clock } = world;
    const { shown, following } = follow(world);
    await settled();
    gateway.last.answer('turn.list', { turns: [] }, { as_of: gateway.head });
    await following.ready;
    following.stop();
    gateway.last.emit('turn.queued', turn(1));
    await clock.advance(100);

    expect(shown).toEqual([]);
    expect(gateway.last.acks).toEqual(['c.1']);
    const late = follow(world);
    await world.client.close();
    await expect(late.following.ready).rejects.toMatchObject({ code: expect.stringMatching(/closed|aborted/) });
  });
});

describe('follow after a gap at revision 2', () => {
  test('reads again until it succeeds, and reports each failure', async () => {
    const world = await createOpenWorld({ mayReportErrors: true, revisions: [2] });
    const { gateway, clock, errors } = world;
    const { shown, following } = follow(world);
    await settled();
    gateway.last.answer('turn.list', { turns: [] });
    await following.ready;
    gateway.last.close(1006);
    await clock.advance(500);
    gateway.last.refuse('turn.list', { code: 'internal', message: 'broken' });
    await clock.advance(1_000);
    gateway.last.answer('turn.list', { turns: [{ turn: listedTurn }] });
    await settled();

    expect(errors).toEqual(['reading again for follow: broken']);
    expect(shown).toEqual(['listed']);
  });
});

const listedTurn = {
  turn_id: uuid(9),
  job_id: uuid(10),
  conversation_key: 'agent:default:main',
  status: 'running',
  attempt: 1,
  created_at: '2026-01-02T03:04:05.678Z',
  started_at: null,
  finished_at: null,
};
