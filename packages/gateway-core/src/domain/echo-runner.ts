import { Action, type Clock, type Part, type Task, type UIMessage } from '@tyrum/contracts';
import type { TurnContext, TurnRunner } from '../ports/turn-runner.ts';

export interface EchoRunnerOptions {
  /** Needed only to pause. */
  readonly clock?: Clock;
  /** Pause before each word, in milliseconds. @default 0 */
  readonly pauseMs?: number;
}

const COMMAND = /^\/task(?:\s+(\S+)(?:\s+([\s\S]+))?)?\s*$/;
const USAGE =
  'expected: /task <capability> <arguments as a JSON object>, for instance /task shell.run {"name":"uptime"}';

/**
 * Answers a conversation by repeating it, for examples and tests: the last message comes back word by word, then whole. A
 * message `/task <capability> <json>` has a node do something with these arguments and says what came of it.
 */
export function echoRunner({ clock, pauseMs = 0 }: EchoRunnerOptions = {}): TurnRunner {
  return {
    async run(_turn, context) {
      const text = textOf(context.messages.at(-1));
      const command = COMMAND.exec(text);
      const answer = command === null ? text : await perform(context, command[1], command[2]);
      for (const word of answer.match(/\S+\s*|\s+/g) ?? []) {
        if (clock !== undefined && pauseMs > 0) await pause(clock, pauseMs, context.signal);
        if (context.signal.aborted) return;
        context.delta(word, 'answer');
      }
      await context.say(answer, 'answer');
    },
  };
}

async function perform(context: TurnContext, capability: string | undefined, json = '{}'): Promise<string> {
  const args = parseObject(json);
  const action = Action.safeParse({ type: 'Node', args });
  if (capability === undefined || args === undefined || !action.success) return USAGE;
  return outcomeOf(capability, await context.task({ action: action.data, capability }, 'task'));
}

function outcomeOf(capability: string, { status, result, error }: Task): string {
  if (status === 'succeeded') return result === undefined ? `${capability} is done` : JSON.stringify(result);
  return `${capability} ended as ${status}${error === undefined ? '' : `: ${error.message}`}`;
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function textOf(message: UIMessage | undefined): string {
  const texts = (message?.parts ?? []).flatMap((part: Part) =>
    part.type === 'text' && typeof part.text === 'string' ? [part.text] : [],
  );
  return texts.join('');
}

/** Resolves after a time, or as soon as the signal aborts. */
function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
