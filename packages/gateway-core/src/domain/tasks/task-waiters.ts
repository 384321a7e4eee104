import { ProtocolError, type Task } from '@tyrum/contracts';
import type { LogReader } from '../../ports/store.ts';
import { hasEnded } from './task-records.ts';

/**
 * Waits for the end of tasks by listening to the log, so that it does not matter who ended one: this process, another one, or
 * a timer.
 */
export interface TaskWaiters {
  /** Resolves with the ended task. @throws {ProtocolError} `cancelled` when the signal aborts first */
  end(turnId: string, taskId: string, signal: AbortSignal): TaskWait;
  stop(): void;
}

export interface TaskWait {
  readonly ended: Promise<Task>;
  /** Nobody wants to know any more. */
  cancel(): void;
}

export function createTaskWaiters(log: LogReader): TaskWaiters {
  /** By turn: what a turn waits for is bounded by what its runner has asked for. */
  const waiting = new Map<string, Map<string, Set<(task: Task) => void>>>();

  const unlisten = log.onAppend((_tenant, events) => {
    if (waiting.size === 0) return;
    for (const event of events) {
      const ofTurn = event.type === 'task.updated' ? waiting.get(event.scope?.id ?? '') : undefined;
      if (ofTurn === undefined) continue;
      const { task } = JSON.parse(event.payload) as { readonly task: Task };
      if (hasEnded(task)) for (const tell of [...(ofTurn.get(task.task_id) ?? [])]) tell(task);
    }
  });

  return {
    end(turnId, taskId, signal) {
      let cancel = (): void => undefined;
      const ended = new Promise<Task>((resolve, reject) => {
        const ofTurn = waiting.get(turnId) ?? new Map<string, Set<(task: Task) => void>>();
        const ofTask = ofTurn.get(taskId) ?? new Set<(task: Task) => void>();
        const tell = (task: Task) => {
          cancel();
          resolve(task);
        };
        const onAbort = () => {
          cancel();
          reject(new ProtocolError('cancelled', 'the turn has ended'));
        };
        cancel = () => {
          signal.removeEventListener('abort', onAbort);
          ofTask.delete(tell);
          if (ofTask.size === 0) ofTurn.delete(taskId);
          if (ofTurn.size === 0) waiting.delete(turnId);
        };
        waiting.set(turnId, ofTurn.set(taskId, ofTask.add(tell)));
        signal.addEventListener('abort', onAbort);
        if (signal.aborted) onAbort();
      });
      return { ended, cancel: () => cancel() };
    },
    stop: unlisten,
  };
}
