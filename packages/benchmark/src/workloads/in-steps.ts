import type { Bench, Running } from '../bench.ts';

/** Small enough that a step is done long before one loses patience, also where opening has become slow. */
const CONNECTIONS = 500;
const ROWS = 20_000;

/** Opens connections to a server until there are so many, and tells how far it is. */
export async function openConnections({ say }: Bench, { load, subject }: Running, count: number): Promise<void> {
  for (let open = 0; open < count; ) {
    open = Math.min(count, open + CONNECTIONS);
    say(`${subject.name}: connection ${open.toLocaleString('en')} of ${count.toLocaleString('en')}`);
    await load.call('open', open);
  }
}

/** Has a server write events, and entries into its ledger where that is asked for, and tells how far it is. */
export async function fillLog(
  { say }: Bench,
  { server, subject }: Pick<Running, 'server' | 'subject'>,
  count: number,
  { withLedger = false } = {},
): Promise<void> {
  for (let written = 0; written < count; ) {
    const step = Math.min(ROWS, count - written);
    await server.call('fill', { events: step, ledger: withLedger ? step : 0 });
    written += step;
    say(`${subject.name}: event ${written.toLocaleString('en')} of ${count.toLocaleString('en')}`);
  }
}
