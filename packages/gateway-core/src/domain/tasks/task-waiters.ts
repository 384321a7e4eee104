import { ProtocolError, type Task } from '@tyrum/contracts';
import type { LogFeed } from '../log-feed.ts';
import { hasEnded } from './task-records.ts';

/** Waits for the end of tasks, whoever ends them. */
export interface TaskWaiters {
  end(taskId: string, signal: AbortSignal): TaskWait;
}

export interface TaskWait {
  /** @throws {ProtocolError} `cancelled` when the signal aborts first */
  readonly ended: Promise<Task>;
  /** Nobody wants to know any more. */
  cancel(): void;
}

export function createTaskWaiters(feed: LogFeed): TaskWaiters {
  /** Bounded by what the runners of this process wait for. */
  const waiting = new Map<string, Set<(task: Task) => void>>();

  feed.onTask((_tenant, task) => {
    if (hasEnded(task)) for (const tell of [...(waiting.get(task.task_id) ?? [])]) tell(task);
  });

  return {
    end(taskId, signal) {
      let cancel = (): void => undefined;
      const ended = new Promise<Task>((resolve, reject) => {
        const tellers = waiting.get(taskId) ?? new Set<(task: Task) => void>();
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
          tellers.delete(tell);
          if (tellers.size === 0) waiting.delete(taskId);
        };
        waiting.set(taskId, tellers.add(tell));
        signal.addEventListener('abort', onAbort);
        if (signal.aborted) onAbort();
      });
      return { ended, cancel: () => cancel() };
    },
  };
}
