import { ClientError, type Settled } from '@tyrum/client-sdk';
import { ProtocolError } from '@tyrum/contracts';

/** How a request ended, as far as its caller can tell what it did. */
export type Ending =
  /** It had its effect. */
  | 'done'
  /** It had none. */
  | 'refused'
  /** Nobody knows, and the caller was told so, or gave up. */
  | 'unknown';

/** One call of an application. */
export interface Call {
  readonly token: string;
  readonly type: string;
  readonly who: string;
  /** The idempotency key that its application chose. */
  readonly key?: string;
  readonly madeAt: number;
  ending: Ending | undefined;
  /** For people: the error code, if it was one. */
  said: string;
  /** Whether the client keeps it and will tell how it ended after a restart. */
  kept: boolean;
  /** Whether the program that made it is gone. */
  orphaned: boolean;
}

/** Everything that the applications of a world asked for, and what they were told. */
export interface Intents {
  readonly calls: readonly Call[];
  /** Starts to follow a call: its promise has to settle. */
  follow<Value>(
    call: Pick<Call, 'token' | 'type' | 'who' | 'key'>,
    promise: Promise<Value>,
  ): Promise<Value | undefined>;
  /** A client tells how a request of an earlier run of its program ended. */
  settledLater(who: string, settled: Settled): void;
  /** Links a request id on the wire to what it is for. */
  sent(who: string, requestId: string, token: string): void;
  /** Under which id a request of a device was handed to the network last, if it ever was. */
  sentAs(who: string, token: string): string | undefined;
  programEnded(who: string): void;
  /** What each intention was told, whoever asked. */
  endingsOf(token: string): readonly Ending[];
  /** What was told of it to later runs of its program. */
  laterEndingsOf(token: string): readonly Ending[];
}

/** Answers after which the effect has certainly not happened under this key, unless they are about the answer itself. */
const UNKNOWN_CODES = new Set(['outcome_unknown', 'timeout', 'cancelled']);

export function createIntents(options: {
  readonly now: () => number;
  readonly say: (line: string) => void;
  readonly onContradiction: (message: string) => void;
}): Intents {
  const { now, say, onContradiction } = options;
  const calls: Call[] = [];
  const tokens = new Map<string, string>();
  const requestIds = new Map<string, string>();
  const later = new Map<string, Ending[]>();

  function judge(error: unknown): { ending: Ending; said: string; kept: boolean } {
    if (ProtocolError.is(error)) {
      return { ending: UNKNOWN_CODES.has(error.code) ? 'unknown' : 'refused', said: error.code, kept: false };
    }
    if (ClientError.is(error)) {
      const maybe = error.sent !== false || error.kept === true || error.code === 'outcome_unknown';
      return { ending: maybe ? 'unknown' : 'refused', said: `client ${error.code}`, kept: error.kept === true };
    }
    return { ending: 'unknown', said: `threw ${String(error)}`, kept: false };
  }

  function end(call: Call, ending: Ending, said: string, kept: boolean): void {
    call.ending = ending;
    call.said = said;
    call.kept = kept;
    say(`${call.who}: ${call.type} ${call.token} ${ending} ${said}`);
  }

  return {
    calls,
    async follow(about, promise) {
      const call: Call = { ...about, madeAt: now(), ending: undefined, said: '', kept: false, orphaned: false };
      calls.push(call);
      try {
        const value = await promise;
        end(call, 'done', 'ok', false);
        return value;
      } catch (error) {
        const { ending, said, kept } = judge(error);
        end(call, ending, said, kept);
        return undefined;
      }
    },
    settledLater(who, settled) {
      // At revision 2 the wire knows a keyed request by its key.
      const token = tokens.get(`${who} ${settled.requestId}`) ?? tokens.get(`${who} ${settled.idempotencyKey}`);
      if (token === undefined) {
        say(`${who}: ${settled.type} ${settled.requestId} settled, and it was never seen`);
        return;
      }
      const { ending, said } = settled.ok ? { ending: 'done' as const, said: 'ok' } : judge(settled.error);
      // Of several calls for one intention nobody knows which one this was.
      const own = calls.filter((call) => call.token === token && call.who === who);
      if (own.length === 1 && own[0]?.ending === 'done' && ending !== 'done') {
        onContradiction(`${settled.type} ${token} of ${who} was answered ok, and after a restart ${said}`);
      }
      later.set(token, [...(later.get(token) ?? []), ending]);
      say(`${who}: ${settled.type} ${token} settled after a restart: ${said}`);
    },
    sent(who, requestId, token) {
      tokens.set(`${who} ${requestId}`, token);
      requestIds.set(`${who} ${token}`, requestId);
    },
    sentAs: (who, token) => requestIds.get(`${who} ${token}`),
    programEnded(who) {
      for (const call of calls) if (call.who === who && call.ending === undefined) call.orphaned = true;
    },
    endingsOf: (token) => [
      ...calls.flatMap((call) => (call.token === token ? [call.ending ?? 'unknown'] : [])),
      ...(later.get(token) ?? []),
    ],
    laterEndingsOf: (token) => later.get(token) ?? [],
  };
}
