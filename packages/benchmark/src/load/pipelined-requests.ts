import { createLatencies } from './latencies.ts';
import type { LoadConnection } from './load-connection.ts';

export interface PipelineOptions {
  readonly kind: 'read' | 'write';
  /** Requests that each connection has under way at any time. */
  readonly inFlight: number;
  /** Not measured, before that. */
  readonly rampMs: number;
  readonly ms: number;
}

export interface PipelineResult {
  /** Answers per second, in the measured time. */
  readonly perSecond: number;
  /** Answers from the first request to the last answer: what the server worked for in all. */
  readonly answered: number;
  readonly p50: number;
  readonly p99: number;
}

/** Ids of requests, never the same twice from one connection. */
let rounds = 1;

/** Keeps so many requests under way on each connection for a time, then waits for the last answers. */
export function pipelineRequests(
  connections: readonly LoadConnection[],
  { kind, inFlight, rampMs, ms }: PipelineOptions,
): Promise<PipelineResult> {
  return new Promise((resolve) => {
    const latencies = createLatencies();
    const beganAt = performance.now();
    const measuredFrom = beganAt + rampMs;
    const measuredTo = measuredFrom + ms;
    let answered = 0;
    let measured = 0;
    let underWay = 0;

    function begin(connection: LoadConnection): void {
      const sentAt = new Float64Array(inFlight);
      const write = connection.talk.write ?? connection.talk.read;
      const say = kind === 'read' ? connection.talk.read : write;
      /** The id tells in which slot its request stands. */
      function ask(slot: number): void {
        rounds += 1;
        underWay += 1;
        sentAt[slot] = performance.now();
        connection.send(say(rounds * inFlight + slot));
      }
      connection.listener = {
        answered(id) {
          const now = performance.now();
          const slot = id % inFlight;
          answered += 1;
          underWay -= 1;
          if (now >= measuredFrom && now < measuredTo) {
            measured += 1;
            latencies.add(now - (sentAt[slot] as number));
          }
          if (now < measuredTo) ask(slot);
          else if (underWay === 0) end();
        },
      };
      for (let slot = 0; slot < inFlight; slot += 1) ask(slot);
    }

    function end(): void {
      for (const connection of connections) connection.listener = {};
      const [p50, p99] = [latencies.quantile(0.5), latencies.quantile(0.99)];
      resolve({ perSecond: (measured / ms) * 1000, answered, p50, p99 });
    }

    for (const connection of connections) begin(connection);
  });
}
