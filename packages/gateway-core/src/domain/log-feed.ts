import type { Approval, Task } from '@tyrum/contracts';
import type { LogReader } from '../ports/store.ts';

/**
 * Changes as the log tells them: whoever made one, this process, another one or a commit that was kept although the store
 * could not say so.
 */
export interface LogFeed {
  /** A task, after any change of it. */
  onTask(listener: (tenant: string, task: Task) => void): void;
  /** An approval, after any change of it. */
  onApproval(listener: (approval: Approval) => void): void;
  onTurnCancelled(listener: (turnId: string) => void): void;
  stop(): void;
}

export function createLogFeed(log: LogReader): LogFeed {
  const taskListeners: ((tenant: string, task: Task) => void)[] = [];
  const approvalListeners: ((approval: Approval) => void)[] = [];
  const turnListeners: ((turnId: string) => void)[] = [];

  const unlisten = log.onAppend((tenant, events) => {
    for (const { type, payload } of events) {
      if (type === 'task.updated') {
        const { task } = JSON.parse(payload) as { readonly task: Task };
        for (const tell of taskListeners) tell(tenant, task);
      } else if (type === 'approval.updated') {
        const { approval } = JSON.parse(payload) as { readonly approval: Approval };
        for (const tell of approvalListeners) tell(approval);
      } else if (type === 'turn.cancelled') {
        const { turn_id } = JSON.parse(payload) as { readonly turn_id: string };
        for (const tell of turnListeners) tell(turn_id);
      }
    }
  });

  return {
    onTask: (listener) => void taskListeners.push(listener),
    onApproval: (listener) => void approvalListeners.push(listener),
    onTurnCancelled: (listener) => void turnListeners.push(listener),
    stop: unlisten,
  };
}
