import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../ports/store.ts';
import { begin, finish, SAYINGS, step, workflowRuns } from './test-support/chaos-world.ts';
import { contradictions } from './test-support/contradictions.ts';
import { createDomainWorld } from './test-support/domain-world.ts';
import { capabilities } from './test-support/pairing-steps.ts';

describe('the domain', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'tells a possible story through crashes, losses and interruptions (seed %i) [EV-2] [EV-3]',
    async (seed) => {
      const chaos = await begin(seed);
      const answered = new WeakSet<object>();
      for (let count = 0; count < 40; count += 1) {
        chaos.calm = false;
        await step(chaos, answered).catch((error: unknown) => {
          // What a client would be told; it may have happened all the same.
          if (!(error instanceof StoreUnavailableError)) throw error;
        });
      }
      chaos.calm = true;

      await finish(chaos, answered);

      const events = await chaos.world.events();
      expect(contradictions(events)).toEqual([]);
      const { turns } = await chaos.world.call('turn.list', { limit: 200 });
      for (const { turn } of turns) {
        const { items } = await chaos.world.call('turn.get', { turn_id: turn.turn_id });
        expect(SAYINGS.slice(0, items.length)).toEqual(items.map(({ item_key }) => item_key));
        if (turn.status === 'succeeded') expect(items).toHaveLength(SAYINGS.length);
        const { tasks } = await chaos.world.call('task.list', { turn_id: turn.turn_id });
        expect(tasks.length).toBeLessThanOrEqual(1);
      }
      // Each step was submitted once, and nothing else was.
      const { tasks } = await chaos.world.call('task.list', { limit: 200 });
      const alone = tasks.filter(({ turn_id }) => turn_id === undefined).map(({ task_id }) => task_id);
      const steps = (await workflowRuns(chaos.world)).flatMap(({ steps }) =>
        steps.flatMap(({ task_id }) => task_id ?? []),
      );
      expect(alone.sort()).toEqual(steps.sort());
      const errors = chaos.world.logs.filter(({ level }) => level === 'error').map(({ message }) => message);
      expect(errors.filter((message) => message !== 'a runner failed')).toEqual([]);
      await chaos.world.domain.stop();
    },
  );

  it('leaves no timer behind when it stops', async () => {
    const world = await createDomainWorld();
    await world.open({ name: 'drill', capabilities: capabilities('shell.run') });
    await world.call('task.submit', { action: { type: 'CLI' }, capability: 'shell.run', deadline_ms: 1000 });

    await world.domain.stop();

    expect(world.clock.waiting).toBe(0);
  });
});
