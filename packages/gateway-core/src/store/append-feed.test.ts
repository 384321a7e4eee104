import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../ports/store.ts';
import { createAppendFeed } from './append-feed.ts';

describe('the append feed', () => {
  it('tells nothing before it is published, and then one call per tenant in the order of appending', () => {
    const feed = createAppendFeed();
    const heard: unknown[] = [];
    feed.onAppend((tenant, events) => heard.push([tenant, ...events.map(({ position }) => position)]));
    feed.record('acme', event(1));
    feed.record('zeta', event(1));
    feed.record('acme', event(2));
    expect(heard).toEqual([]);

    feed.publish();
    feed.publish();

    expect(heard).toEqual([
      ['acme', 1, 2],
      ['zeta', 1],
    ]);
  });

  it('forgets what was recorded since a mark', () => {
    const feed = createAppendFeed();
    const heard: number[] = [];
    feed.onAppend((_tenant, events) => heard.push(...events.map(({ position }) => position)));
    feed.record('acme', event(1));
    const mark = feed.mark();
    feed.record('acme', event(2));
    feed.rewind(mark);
    feed.record('acme', event(2));

    feed.publish();

    expect(heard).toEqual([1, 2]);
  });

  it('reports what a listener throws, later, and tells the others all the same', async () => {
    const reported: unknown[] = [];
    const feed = createAppendFeed((error) => reported.push(error));
    const heard: string[] = [];
    feed.onAppend(() => {
      throw new Error('careless');
    });
    feed.onAppend((tenant) => heard.push(tenant));
    feed.record('acme', event(1));

    feed.publish();

    expect(heard).toEqual(['acme']);
    expect(reported).toEqual([]);
    await Promise.resolve();
    expect(reported).toEqual([new Error('careless')]);
  });

  it('lets the same function listen twice and undoes each once', () => {
    const feed = createAppendFeed();
    let calls = 0;
    const count = () => {
      calls += 1;
    };
    const undo = feed.onAppend(count);
    feed.onAppend(count);
    undo();
    undo();
    feed.record('acme', event(1));

    feed.publish();

    expect(calls).toBe(1);
  });
});

function event(position: number): StoredEvent {
  return { position, eventId: `e${position}`, type: 'note.changed', occurredAt: 0, payload: '{}' };
}
