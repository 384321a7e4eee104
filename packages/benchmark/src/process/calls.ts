/** What a child process does when it is asked, by name. Its arguments and its answer are JSON. */
export type Calls = { readonly [Name: string]: (argument: never) => unknown };

export interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** Answers the parent from now on, and ends with it. */
export function answerCalls(calls: Calls): void {
  process.on('message', (call: Call) => void answer(calls, call));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ id: 0, value: 'ready' } satisfies Answer);
}

async function answer(calls: Calls, { id, name, argument }: Call): Promise<void> {
  try {
    process.send?.({ id, value: await calls[name]?.(argument as never) } satisfies Answer);
  } catch (cause) {
    // For whoever follows what a child says; the answer is for a line of the report.
    if (cause instanceof Error) console.error(cause.stack);
    process.send?.({ id, error: cause instanceof Error ? cause.message : String(cause) } satisfies Answer);
  }
}
