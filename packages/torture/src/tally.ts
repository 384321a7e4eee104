import type { Report } from './reports.ts';

/** What the peers have reported, counted up. */
export interface Tally {
  take(name: string, report: Report): void;
  /** Message ids that were sent, with their clients. */
  readonly sent: ReadonlyMap<string, string>;
  /** Message ids that were acknowledged, with their turns. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Message ids that were refused, with what was answered: these must not have happened. */
  readonly refused: ReadonlyMap<string, string>;
  /** Event ids as each client applied them. */
  readonly applied: ReadonlyMap<string, readonly string[]>;
  /** Whether every client has applied the end of every turn that was acknowledged. */
  readonly complete: boolean;
  /** How often a node did each job. */
  readonly performed: ReadonlyMap<string, number>;
  /** What is broken by the reports alone. */
  readonly broken: readonly string[];
  /** Connections that went on from where the one before had ended. */
  readonly resumed: number;
  count(kind: Report['kind']): number;
}

export function createTally(): Tally {
  const sent = new Map<string, string>();
  const acknowledged = new Map<string, string>();
  const refused = new Map<string, string>();
  const applied = new Map<string, string[]>();
  /** The turns of which each client has applied the end. */
  const completed = new Map<string, Set<string>>();
  const performed = new Map<string, number>();
  const broken: string[] = [];
  const counts = new Map<Report['kind'], number>();
  let resumed = 0;

  return {
    sent,
    acknowledged,
    refused,
    applied,
    performed,
    broken,
    get complete() {
      return [...completed.values()].every((turns) => [...acknowledged.values()].every((turn) => turns.has(turn)));
    },
    get resumed() {
      return resumed;
    },
    count: (kind) => counts.get(kind) ?? 0,
    take(name, report) {
      counts.set(report.kind, (counts.get(report.kind) ?? 0) + 1);
      switch (report.kind) {
        case 'sending':
          sent.set(report.messageId, name);
          return;
        case 'acknowledged':
          acknowledged.set(report.messageId, report.turnId);
          return;
        case 'refused':
          refused.set(report.messageId, report.error);
          return;
        case 'applied':
          appendTo(applied, name, report.eventId);
          if (!completed.has(name)) completed.set(name, new Set());
          if (report.type === 'turn.completed' && report.turnId !== undefined) completed.get(name)?.add(report.turnId);
          return;
        case 'snapshot':
          broken.push(`a snapshot was asked for although nothing was trimmed: ${name}: ${report.reason}`);
          return;
        case 'performed': {
          const times = (performed.get(report.job) ?? 0) + 1;
          performed.set(report.job, times);
          if (times > 1) broken.push(`a node did ${report.job} ${times} times`);
          return;
        }
        case 'connected':
          if (report.outcome === 'resumed') resumed += 1;
          return;
        case 'failed':
          broken.push(`${name}: ${report.error}`);
          return;
        case 'unknown':
        case 'ready':
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
