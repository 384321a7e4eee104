import { parseArgs } from 'node:util';
import { measureFlow } from './measure-flow.ts';

const HELP = `usage: pnpm flow [options]

Sends events to connections of which half never read, and prints what that does to the other half and to the gateway's memory.
The gateway runs in a process of its own, on SQLite, with real sockets. Exits 1 when its memory grows by 64 KiB or more for each
connection that never reads, beyond what the same events cost anyway, or when one of them was closed.

  --events N       durable events in each of the three parts              (10000)
  --connections N  half of them read                                      (200)
  --rate N         durable events per second                              (250)
  --bytes N        length of a message; 2 of 11 events carry one          (4096)
  --window N       the gateway's event_window                             (its default)
  --high-water N   the gateway's high_water_bytes                         (its default)`;

const MOST_GROWTH = 65_536;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '200' },
    rate: { type: 'string', default: '250' },
    bytes: { type: 'string', default: '4096' },
    window: { type: 'string' },
    'high-water': { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

let toldAt = 0;
const flow = await measureFlow({
  events: whole('events', values.events),
  readers: Math.ceil(whole('connections', values.connections) / 2),
  rate: whole('rate', values.rate),
  messageBytes: whole('bytes', values.bytes),
  flags: [...setting('window', '--event-window'), ...setting('high-water', '--high-water-bytes')],
  onProgress(part, events) {
    if (performance.now() - toldAt < 5000) return;
    toldAt = performance.now();
    console.log(`${part}: ${events} events have arrived at each`);
  },
});

for (const { name, events, p50, p99, growth } of flow.parts) {
  const times = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  console.log(`${name.padEnd(32)} ${events} events to each, ${times}, memory ${(growth / 1024).toFixed(0)} KiB more`);
}
const kib = flow.growthPerStalled / 1024;
console.log(`p99 beside peers that never read: ${flow.ratio.toFixed(2)} times that of readers alone`);
console.log(`memory of the gateway: ${kib.toFixed(1)} KiB more for each peer that never reads`);
const half = Math.ceil(whole('connections', values.connections) / 2);
console.log(`${flow.stillConnected} of ${half} that never read are still connected`);
process.exit(flow.growthPerStalled < MOST_GROWTH && flow.stillConnected === half ? 0 : 1);

/** A setting of the gateway, where it is given. */
function setting(name: 'window' | 'high-water', flag: string): string[] {
  const value = values[name];
  return value === undefined ? [] : [flag, String(whole(name, value))];
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name}: expected a whole number above 0, not ${JSON.stringify(text)}`);
  process.exit(2);
}
