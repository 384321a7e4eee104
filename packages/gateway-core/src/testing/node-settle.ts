/** Lets everything that is ready run to its end; what waits for a timer or a peer goes on waiting. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
