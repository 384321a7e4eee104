import type { Client } from '@tyrum/client-sdk';
import type { SimulatedContract } from '../contract/contracts.ts';
import type { Verdict } from '../truth/verdict.ts';

/** An application that shows all counters and keeps them up to date. */
export interface CounterMirror {
  /** Lists, then follows; again after the client has stopped and goes on. */
  begin(): void;
  /** What it shows; `undefined` before the first list. */
  readonly shown: ReadonlyMap<string, number> | undefined;
}

export function createCounterMirror(client: Client<SimulatedContract>, name: string, verdict: Verdict): CounterMirror {
  let shown: Map<string, number> | undefined;
  let stop = () => {};

  return {
    begin() {
      stop();
      const following = client.follow(
        async (ask) => {
          const { counters } = await ask('counter.read', {});
          shown = new Map(counters.map(({ counter, value }) => [counter, value]));
        },
        ['counter.changed'],
        ({ payload: { counter, by, value } }) => {
          const before = shown?.get(counter) ?? 0;
          if (value - by > before) {
            verdict.fail(
              'every event or told',
              `${name} shows ${counter} ${before} and follows it with +${by} = ${value}`,
            );
          }
          // The list may show an event already whose place could not be told.
          if (value > before) shown?.set(counter, value);
        },
      );
      stop = following.stop;
      following.ready.catch(() => {
        // The client stopped, or may not read: whoever starts it again begins this again.
      });
    },
    get shown() {
      return shown;
    },
  };
}
