import { parseArgs } from 'node:util';
import { type Outcome, type Progress, torture } from './torture.ts';

const HELP = `usage: pnpm torture [options]

Runs a real gateway on SQLite with real clients and a node in other processes behind a proxy that cuts, resets, stalls,
halves, deafens and duplicates connections, and kills the gateway with SIGKILL at random. Ends at the first broken promise,
with exit code 1 and the history saved. Ctrl-C ends the faults early and judges what there is.

  --seconds N   how long                                        (60)
  --seed N      what is random repeats with the same seed       (the time)
  --clients N   client processes                                (2)
  --pace MS     between two messages of a client, on average    (100)
  --kill MS     between two kills, on average; 0 for none       (3000)
  --strike MS   between two network faults, on average; 0: none (700)`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '2' },
    pace: { type: 'string', default: '100' },
    kill: { type: 'string', default: '3000' },
    strike: { type: 'string', default: '700' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => (interruption.signal.aborted ? process.exit(130) : interruption.abort()));
}

let toldAt = 0;
const outcome = await torture({
  seconds: whole('seconds', values.seconds),
  seed: whole('seed', values.seed),
  clients: whole('clients', values.clients),
  paceMs: whole('pace', values.pace),
  killEveryMs: whole('kill', values.kill),
  strikeEveryMs: whole('strike', values.strike),
  signal: interruption.signal,
  onProgress(progress) {
    if (progress.elapsedMs - toldAt < 5000) return;
    toldAt = progress.elapsedMs;
    console.log(line(progress));
  },
});
conclude(outcome);

function line(progress: Progress): string {
  const { elapsedMs, sent, acknowledged, refused, unknown, applied, performed } = progress;
  const { kills, strikes, reconnects, replays } = progress;
  const seconds = `${(elapsedMs / 1000).toFixed(0)}s`.padStart(6);
  return `${seconds}  operations ${sent} (acknowledged ${acknowledged}, refused ${refused}, unknown ${unknown}), events applied ${applied}, tasks done ${performed}, kills ${kills}, network faults ${strikes}, reconnects ${reconnects}, replays ${replays}`;
}

function conclude({ violations, folder, ...progress }: Outcome): never {
  console.log(line(progress));
  console.log(`seed ${values.seed}: ${violations.length} violations`);
  if (violations.length === 0) {
    console.log('0 acknowledged effects lost, 0 doubled, 0 events missed or repeated');
    process.exit(0);
  }
  for (const violation of violations.slice(0, 20)) console.log(`  ${violation}`);
  console.log(`history, databases and journals are kept in ${folder}`);
  process.exit(1);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${name}: expected a whole number, not ${JSON.stringify(text)}`);
  process.exit(2);
}
