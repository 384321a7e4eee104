import type { Reading } from '../define/read-as.ts';
import type { Reader } from '../define/schema-at.ts';
import type { Spoken } from '../define/spoken.ts';
import { REVISION_HASHES } from '../revision-hashes.gen.ts';
import { TYRUM_FACTS } from './facts.gen.ts';
import { readShape } from './read-shape.ts';
import type { RequestShapes, Shape } from './shape.ts';
import { EVENT_SHAPES, REQUEST_SHAPES } from './shapes.gen.ts';
import { speak } from './speak.ts';

/**
 * The contract that this project ships, for a peer that speaks it as it is. It was judged when it was published, and a peer casts
 * nothing: what judges and what casts is not loaded with it, and neither is zod.
 */
export const spokenTyrum: Spoken = /* @__PURE__ */ speak(TYRUM_FACTS, REVISION_HASHES, {
  request({ type, direction }, revision) {
    const { payload, result } = shapesAt(type, revision);
    // The payload is read by who receives it, and the result by the other side.
    const [ours, theirs] = direction === 'to_peer' ? (['peer', 'gateway'] as const) : (['gateway', 'peer'] as const);
    return {
      readPayload: reads(payload, 'payload', revision, ours),
      readResult: result && reads(result, 'result', revision, theirs),
    };
  },
  event: ({ type }, revision) => ({ readPayload: reads(EVENT_SHAPES[type] as Shape, 'payload', revision, 'peer') }),
});

function shapesAt(type: string, revision: number): RequestShapes {
  const shapes = REQUEST_SHAPES[type] as RequestShapes;
  return shapes.before !== undefined && revision <= shapes.before.until ? shapes.before : shapes;
}

function reads(shape: Shape, root: string, revision: number, reader: Reader): (value: unknown) => Reading {
  const circumstances = { revision, reader };
  return (value) => readShape(shape, value, root, circumstances);
}
