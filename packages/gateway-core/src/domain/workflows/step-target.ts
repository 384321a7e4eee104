import type { Action } from '@tyrum/contracts';
import type { StepPolicy, StepTarget } from '../../ports/workflows.ts';
import { contractError } from '../refusals.ts';

/** For whom a step is by what its action says itself: `node_id` or `capability`, and `deadline_ms`, beside its `type`. */
export function targetInAction({ node_id, capability, deadline_ms }: Action): StepTarget | undefined {
  const target: StepTarget = {
    ...(isText(node_id) ? { nodeId: node_id } : {}),
    ...(isText(capability) ? { capability } : {}),
    ...(typeof deadline_ms === 'number' && deadline_ms > 0 ? { deadlineMs: deadline_ms } : {}),
  };
  return target.nodeId === undefined && target.capability === undefined ? undefined : target;
}

/**
 * For whom each step is; `null` for a `Confirm`.
 *
 * @throws {ProtocolError} `contract_error` with the path of a step that is for nobody
 */
export function targetsOf(steps: readonly Action[], policy: StepPolicy): (StepTarget | null)[] {
  return steps.map((action, at) => {
    if (action.type === 'Confirm') return null;
    const target = policy(action);
    if (target?.nodeId === undefined && target?.capability === undefined) {
      throw contractError(
        ['payload', 'steps', at],
        'expected a step that says for whom it is: `node_id` or `capability`',
      );
    }
    return target;
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
