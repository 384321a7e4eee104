import { type Bench, messageOf, type Programs } from './bench.ts';
import { thisMachine } from './machine.ts';
import type { Plan } from './plan.ts';
import type { Report } from './report.ts';
import type { Table, Workload } from './workloads/workload.ts';

export interface BenchmarkOptions {
  readonly plan: Plan;
  /** What the plan is called in the report. */
  readonly planName: string;
  readonly workloads: readonly Workload[];
  readonly programs: Programs;
  readonly other?: { readonly name: string; readonly programs: Programs };
  /** Is told what happens now. */
  readonly onProgress: (workload: string, what: string, share: number) => void;
}

/** Runs workloads one after the other. What fails is told in the report, and the rest goes on. */
export async function runBenchmark(options: BenchmarkOptions): Promise<Report> {
  const { plan, planName, programs, other, onProgress } = options;
  const machine = thisMachine();
  const startedAt = new Date();
  const beganAt = performance.now();
  const total = secondsOf(options.workloads, plan);
  const tables: Table[] = [];
  const complaints = new Set<string>();
  let passed = 0;
  for (const workload of options.workloads) {
    const bench: Bench = {
      plan,
      programs,
      other,
      say: (what) => onProgress(workload.name, what, passed / total),
      complain: (what) => void complaints.add(`${workload.name}: ${what}`),
    };
    for (const part of workload.parts) {
      try {
        const measured = await part(bench);
        tables.push(...measured.filter(({ rows }) => rows.length > 0));
      } catch (cause) {
        bench.complain(messageOf(cause));
      }
    }
    passed += workload.seconds(plan);
  }
  return {
    machine,
    startedAt: startedAt.toISOString(),
    seconds: (performance.now() - beganAt) / 1000,
    plan: planName,
    ...(other === undefined ? {} : { comparedWith: other.name }),
    tables,
    complaints: [...complaints],
  };
}

/** About how long it takes, on a machine that does nothing else. */
export function secondsOf(workloads: readonly Workload[], plan: Plan): number {
  return workloads.reduce((sum, workload) => sum + workload.seconds(plan), 0);
}
