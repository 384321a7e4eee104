import type { Client } from '@tyrum/client-sdk';
import { ProtocolError } from '@tyrum/contracts';
import type { SimulatedContract } from '../contract/contracts.ts';
import type { Process } from '../kernel/process.ts';
import type { Verdict } from '../truth/verdict.ts';

/** An application that shows all counters and keeps them up to date. */
export interface CounterMirror {
  /** Lists, then follows; again after the client has stopped and goes on. */
  begin(): void;
  /** What it shows; `undefined` before the first list. */
  readonly shown: ReadonlyMap<string, number> | undefined;
}

/** How long after a first list that the gateway could not give now it is asked for again, in milliseconds. */
const AGAIN_AFTER_MS = 1_000;

export function createCounterMirror(
  client: Client<SimulatedContract>,
  program: Process,
  name: string,
  verdict: Verdict,
): CounterMirror {
  let shown: Map<string, number> | undefined;
  let stop = () => {};
  let cancel = () => {};

  function begin(): void {
    cancel();
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
    following.ready.catch((error: unknown) => {
      // Where the client stopped, or may not read, whoever starts it again begins this again.
      if (ProtocolError.is(error) && error.retryable) cancel = program.after(AGAIN_AFTER_MS, begin);
    });
  }

  return {
    begin,
    get shown() {
      return shown;
    },
  };
}
