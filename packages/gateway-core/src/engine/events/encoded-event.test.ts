import { describe, expect, it } from 'vitest';
import { probe } from '../../testing/probe-contract.ts';
import type { Viewer } from '../rights/audience.ts';
import { EncodedEvent } from './encoded-event.ts';

const viewer = (deviceId: string, rights: Pick<Viewer, 'role' | 'scopes' | 'extensions'>): Viewer => ({
  ...rights,
  deviceId,
});
const none: ReadonlySet<string> = new Set();
const reader = { role: 'client', scopes: new Set(['operator.read']), extensions: none };
const stranger = { role: 'client', scopes: none, extensions: none };

const event = (device?: string) =>
  new EncodedEvent(probe, {
    eventId: '00000000-0000-4000-8000-000000000001',
    type: 'note.written',
    occurredAt: 1,
    payload: '{"id":"é","text":""}',
    ...(device === undefined ? {} : { device }),
  });

describe('an encoded event', () => {
  it('is shown to each by its own rights, whoever was asked about before [EV-10]', () => {
    const encoded = event();
    const node = { ...reader, role: 'node' };
    const viewers = [reader, stranger, reader, node, { ...reader, scopes: new Set(['operator.read']) }, stranger];

    const shown = viewers.map((rights) => encoded.framesFor(viewer('dev_a', rights), 3).length);

    expect(shown).toEqual([1, 0, 1, 0, 1, 0]);
  });

  it('that is addressed to a device is shown to that one, though others have the same rights [EV-10]', () => {
    const encoded = event('dev_b');

    const shown = ['dev_a', 'dev_b', 'dev_c', 'dev_b'].map(
      (deviceId) => encoded.framesFor(viewer(deviceId, reader), 3).length,
    );

    expect(shown).toEqual([0, 1, 0, 1]);
  });

  it('is shown in the words of the revision that is asked for, made once for each', () => {
    const encoded = event();
    const peer = viewer('dev_a', reader);

    const [new3, old2, again3, again2] = [3, 2, 3, 2].map((revision) => encoded.framesFor(peer, revision)[0]);

    expect(again3).toBe(new3);
    expect(again2).toBe(old2);
    expect(old2).not.toBe(new3);
  });

  it('counts its head in bytes', () => {
    const [frame] = event().framesFor(viewer('dev_a', reader), 3);

    expect(frame?.headBytes()).toBe(Buffer.byteLength(frame?.head ?? ''));
    expect(frame?.headBytes()).toBe((frame?.head.length ?? 0) + 1);
  });
});
