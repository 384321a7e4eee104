import { ProtocolError } from '@tyrum/contracts';
import type { TurnRunner } from '@tyrum/gateway-core';
import type { Process } from '../kernel/process.ts';

/** What a message to the runner asks of it, as the text of the message. */
export interface Errand {
  readonly token: string;
  readonly manner: 'well' | 'slow' | 'throw' | 'task';
  readonly nodeId?: string;
}

/** What answers conversations in a simulated product: well, slowly, not at all, or with the help of a node. */
export function createRunner(process: Process, onRun: (token: string, turnId: string) => void): TurnRunner {
  return {
    async run(turn, context) {
      const { token, manner, nodeId } = errandOf(context.messages.at(-1));
      onRun(token, turn.turn_id);
      context.delta('hm');
      await process.sleep(manner === 'slow' ? 2_500 : 20);
      if (context.signal.aborted) throw new ProtocolError('cancelled', 'the turn is over');
      if (manner === 'throw') {
        await context.say(`before it failed: ${token}`, 'first');
        throw new Error('a bug of the runner, as the message asked for');
      }
      if (manner === 'task' && nodeId !== undefined) {
        const task = await context.task({ action: { type: 'CLI', args: { token, manner: 'well' } }, nodeId }, 'help');
        await context.say(`the node: ${task.status}`, 'help');
      }
      await context.say(`first of ${token}`, 'first');
      await process.sleep(10);
      await context.say(`second of ${token}`, 'second');
    },
  };
}

function errandOf(message: { readonly parts: readonly { readonly type: string }[] } | undefined): Errand {
  const part = message?.parts.find(({ type }) => type === 'text') as { readonly text: string } | undefined;
  return JSON.parse(part?.text ?? '{}') as Errand;
}
