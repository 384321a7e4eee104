import { createLatencies } from './latencies.ts';
import type { LoadConnection } from './load-connection.ts';

export interface FanOutResult {
  /** Events that arrived, per second. */
  readonly perSecond: number;
  readonly events: number;
  /** From the request that publishes to the last connection that has it. */
  readonly p50: number;
  readonly p99: number;
}

let published = 0;

/** Has an event published to every connection, and the next one once all of them have it, for a time. */
export function fanOut(connections: readonly LoadConnection[], ms: number): Promise<FanOutResult> {
  return new Promise((resolve, reject) => {
    const [publisher] = connections;
    const say = publisher?.talk.publish;
    if (publisher === undefined || say === undefined) {
      reject(new Error('this dialect cannot publish'));
      return;
    }
    const latencies = createLatencies();
    const beganAt = performance.now();
    let events = 0;
    let arrived = 0;
    let answered = false;
    let sentAt = 0;

    function publish(): void {
      published += 1;
      arrived = 0;
      answered = false;
      sentAt = performance.now();
      publisher?.send((say as (id: number) => string)(published));
    }

    function proceed(): void {
      if (!answered || arrived < connections.length) return;
      const now = performance.now();
      events += arrived;
      latencies.add(now - sentAt);
      if (now - beganAt < ms) {
        publish();
        return;
      }
      for (const connection of connections) connection.listener = {};
      const [p50, p99] = [latencies.quantile(0.5), latencies.quantile(0.99)];
      resolve({ perSecond: (events / (now - beganAt)) * 1000, events, p50, p99 });
    }

    for (const connection of connections) {
      connection.listener = {
        event() {
          arrived += 1;
          if (arrived === connections.length) proceed();
        },
        answered() {
          answered = true;
          proceed();
        },
      };
    }
    publish();
  });
}
