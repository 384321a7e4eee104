/** More turns than any chain of commits and replies takes. */
const TURNS = 12;

/** Lets everything that is ready run to its end; what waits for a timer or a peer goes on waiting. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
