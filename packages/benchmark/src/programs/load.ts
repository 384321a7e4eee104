/** A load generator in its own process: started with the name of a dialect, it opens connections and uses them. */

import { isDeepStrictEqual } from 'node:util';
import { type DialectName, dialects } from '../dialects/all-dialects.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { fanOut } from '../load/fan-out.ts';
import { createLatencies } from '../load/latencies.ts';
import { type Listener, type LoadConnection, openConnection } from '../load/load-connection.ts';
import { type PipelineOptions, pipelineRequests } from '../load/pipelined-requests.ts';
import { NOTE } from '../payload.ts';
import { answerCalls } from '../process/calls.ts';

/** Nothing having come for so long, nothing more comes. */
const QUIET_MS = 300;
/** Connections that are opened at a time. */
const OPENING = 16;

const [name = 'plain'] = process.argv.slice(2);
const makeDialect = await dialects[name as DialectName]();
const connections: LoadConnection[] = [];
let target: { readonly port: number; readonly dialect: Dialect } | undefined;
let fail = (_cause: Error): void => undefined;

function dial(listener: Listener = {}): Promise<LoadConnection> {
  if (target === undefined) throw new Error('no server was named');
  return openConnection({ ...target, listener, fail: (cause) => fail(cause) });
}

/** Does work until it is done, or until something happens that must not. */
function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    fail = reject;
    work().then(resolve, reject);
  });
}

answerCalls({
  hello: () => name,
  target({ port, facts }: { port: number; facts: Record<string, unknown> }) {
    target = { port, dialect: makeDialect(facts) };
  },
  /** Opens connections until there are so many. */
  open: (count: number) =>
    guarded(async () => {
      const opener = async () => {
        while (connections.length + opening < count) {
          opening += 1;
          const connection = await dial().finally(() => {
            opening -= 1;
          });
          connections.push(connection);
        }
      };
      let opening = 0;
      await Promise.all(Array.from({ length: OPENING }, opener));
    }),
  close: () => guarded(async () => void (await Promise.all(connections.splice(0).map((one) => one.close())))),
  /** Asks once and looks whether the answer is the right one. */
  probe: () =>
    guarded(async () => {
      const [connection] = connections;
      if (connection === undefined) throw new Error('there is no connection');
      const texts: string[] = [];
      await new Promise<void>((resolve) => {
        connection.listener = { answered: () => resolve() };
        connection.onText = (text) => texts.push(text);
        connection.send(connection.talk.read(1));
      });
      connection.onText = undefined;
      const right = texts.some((text) => isDeepStrictEqual(payloadIn(text), NOTE));
      if (!right) throw new Error(`answered ${texts.join(' ').slice(0, 300)}`);
    }),
  pipeline: (options: PipelineOptions & { connections: number }) =>
    guarded(() => pipelineRequests(connections.slice(0, options.connections), options)),
  fanOut: (ms: number) => guarded(() => fanOut(connections, ms)),
  /** Waits until no more events come. */
  settle: () =>
    guarded(
      () =>
        new Promise<void>((resolve) => {
          let quiet = false;
          const event = (): void => {
            quiet = false;
          };
          for (const connection of connections) connection.listener = { event };
          const timer = setInterval(() => {
            if (quiet) {
              clearInterval(timer);
              resolve();
            }
            quiet = true;
          }, QUIET_MS);
        }),
    ),
  /** Connects and closes again, a few at a time, for a time. */
  handshakes: ({ ms, parallel }: { ms: number; parallel: number }) =>
    guarded(async () => {
      const latencies = createLatencies();
      const endAt = performance.now() + ms;
      let count = 0;
      const runner = async () => {
        while (performance.now() < endAt) {
          const beganAt = performance.now();
          const connection = await dial();
          latencies.add(performance.now() - beganAt);
          count += 1;
          await connection.close();
        }
      };
      await Promise.all(Array.from({ length: parallel }, runner));
      const seconds = (performance.now() - endAt + ms) / 1000;
      return { perSecond: count / seconds, count, p50: latencies.quantile(0.5), p99: latencies.quantile(0.99) };
    }),
  /** Connects and waits until so many events have come. */
  resume: (count: number) =>
    guarded(async () => {
      const beganAt = performance.now();
      let came = 0;
      let done = (): void => undefined;
      const all = new Promise<void>((resolve) => {
        done = resolve;
      });
      const connection = await dial({
        event() {
          came += 1;
          if (came === count) done();
        },
      });
      await all;
      const ms = performance.now() - beganAt;
      await connection.close();
      return { ms };
    }),
});

function payloadIn(text: string): unknown {
  try {
    return target?.dialect.payloadOf(text);
  } catch {
    return undefined;
  }
}
