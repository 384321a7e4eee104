import type { Report } from './reports.ts';

/** Everything that the peers reported, by peer, in order. */
export interface History {
  record(name: string, report: Report): void;
  readonly sent: ReadonlySet<string>;
  /** Message ids that were acknowledged, with their turns. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Message ids that were refused, with what was answered: these must not have happened. */
  readonly refused: ReadonlyMap<string, string>;
  /** Event ids as each client applied them. */
  readonly applied: ReadonlyMap<string, readonly string[]>;
  /** How often a node did each job. */
  readonly performed: ReadonlyMap<string, number>;
  readonly connects: number;
  readonly snapshots: readonly string[];
  readonly failures: readonly string[];
  count(kind: Report['kind']): number;
}

export function createHistory(): History {
  const sent = new Set<string>();
  const acknowledged = new Map<string, string>();
  const refused = new Map<string, string>();
  const applied = new Map<string, string[]>();
  const performed = new Map<string, number>();
  const snapshots: string[] = [];
  const failures: string[] = [];
  const counts = new Map<Report['kind'], number>();

  return {
    sent,
    acknowledged,
    refused,
    applied,
    performed,
    snapshots,
    failures,
    get connects() {
      return counts.get('connected') ?? 0;
    },
    count: (kind) => counts.get(kind) ?? 0,
    record(name, report) {
      counts.set(report.kind, (counts.get(report.kind) ?? 0) + 1);
      switch (report.kind) {
        case 'sending':
          sent.add(report.messageId);
          return;
        case 'acknowledged':
          acknowledged.set(report.messageId, report.turnId);
          return;
        case 'refused':
          refused.set(report.messageId, report.error);
          return;
        case 'applied':
          appendTo(applied, name, report.eventId);
          return;
        case 'snapshot':
          snapshots.push(`${name}: ${report.reason}`);
          return;
        case 'performed':
          performed.set(report.job, (performed.get(report.job) ?? 0) + 1);
          return;
        case 'failed':
          failures.push(`${name}: ${report.error}`);
          return;
        case 'unknown':
        case 'ready':
        case 'connected':
        case 'finished':
          return;
      }
    },
  };
}

function appendTo(lists: Map<string, string[]>, name: string, value: string): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [value]);
  else list.push(value);
}
