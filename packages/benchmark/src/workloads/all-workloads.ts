import { clientWorkload } from './client.ts';
import { connectWorkload } from './connect.ts';
import { fanOutWorkload } from './fan-out.ts';
import { growthWorkload } from './growth.ts';
import { memoryWorkload } from './memory.ts';
import { requestWorkloads } from './requests.ts';
import { resumeWorkload } from './resume.ts';
import type { Workload } from './workload.ts';

/** In the order in which they run. */
export const workloads: readonly Workload[] = [
  ...requestWorkloads,
  fanOutWorkload,
  connectWorkload,
  memoryWorkload,
  resumeWorkload,
  clientWorkload,
  growthWorkload,
];
