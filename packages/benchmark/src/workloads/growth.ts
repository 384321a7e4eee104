import { growConnections } from './growth-of-connections.ts';
import { growLog } from './growth-of-log.ts';
import { turnSeconds } from './request-turns.ts';
import type { Workload } from './workload.ts';

/** Whether a message costs the same when there is much more of everything. */
export const growthWorkload: Workload = {
  name: 'growth',
  seconds: (plan) => 8 * turnSeconds(plan, [{}]) + plan.growth.connections * 0.0045 + plan.growth.manyEvents * 0.00003,
  parts: [growConnections, growLog],
};
