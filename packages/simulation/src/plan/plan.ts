import type { Role, Scope } from '@tyrum/contracts';
import type { Revisions } from '../contract/contracts.ts';
import type { Aside, Manner } from '../contract/counter.ts';
import type { CrashPoint } from '../disk/disk.ts';
import type { Break } from '../network/link.ts';
import type { Road } from '../network/network.ts';

/** A world before it runs: who is in it, and everything that will happen to it. Data, so that it can be made smaller. */
export interface Plan {
  readonly seed: string;
  readonly gateway: GatewayPlan;
  readonly actors: readonly ActorPlan[];
  /** In the order of their times. */
  readonly items: readonly Planned[];
  /** Milliseconds after which nothing is planned any more and everything that is broken is mended. */
  readonly until: number;
}

export interface GatewayPlan {
  readonly revisions: Revisions;
  readonly limits: {
    readonly event_window: number;
    readonly max_in_flight: number;
    readonly high_water_bytes: number;
    readonly heartbeat_ms: number;
    readonly stall_ms: number;
    readonly drain_ms: number;
  };
}

/** One device and the program on it. */
export interface ActorPlan {
  readonly name: string;
  readonly role: Role;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  readonly revisions: Revisions;
  /** Whether its program knows the extension of the contract. */
  readonly extended: boolean;
  /** Whether anything of it outlives its process. */
  readonly storage: boolean;
  readonly resume: 'now' | 'acked';
  /** How its application takes events. */
  readonly listens: 'handlers' | 'iterator' | 'follow';
  /** Milliseconds that its application spends on an event, at the most. */
  readonly slowness: number;
  readonly road: Road;
}

/** What an application does. */
export type Act =
  | {
      readonly do: 'add';
      readonly who: string;
      readonly token: string;
      readonly counter: string;
      readonly by: number;
      readonly manner: Manner;
      readonly asides: readonly Aside[];
      readonly padding: number;
      /** Under this idempotency key; the same act again is the same intention. */
      readonly key?: string;
      readonly patienceMs?: number;
      readonly abortAfterMs?: number;
    }
  | { readonly do: 'read'; readonly who: string }
  | { readonly do: 'poke'; readonly who: string; readonly token: string; readonly node: string; readonly key?: string }
  | {
      readonly do: 'report';
      readonly who: string;
      readonly token: string;
      readonly counter: string;
      readonly by: number;
    }
  | {
      readonly do: 'submit';
      readonly who: string;
      readonly token: string;
      readonly node: string;
      readonly manner: 'well' | 'slow' | 'throw' | 'refuse';
      readonly deadlineMs?: number;
      readonly cancelAfterMs?: number;
    }
  | {
      readonly do: 'say';
      readonly who: string;
      readonly token: string;
      readonly manner: 'well' | 'slow' | 'throw' | 'task';
      readonly node?: string;
      readonly cancelAfterMs?: number;
    }
  | { readonly do: 'ask status'; readonly who: string };

/** What goes wrong. */
export type Fault =
  | { readonly do: 'break'; readonly who: string; readonly how: Break }
  | { readonly do: 'break in a frame'; readonly who: string; readonly direction: 'up' | 'down'; readonly bytes: number }
  | { readonly do: 'stall'; readonly who: string; readonly direction: 'up' | 'down'; readonly ms: number }
  | { readonly do: 'half-open'; readonly who: string; readonly direction: 'up' | 'down' }
  | { readonly do: 'partition'; readonly who: readonly string[]; readonly ms: number }
  | { readonly do: 'copy the next connection'; readonly who: string }
  | { readonly do: 'lose an event'; readonly who: string }
  | {
      readonly do: 'crash the gateway';
      readonly silent: boolean;
      readonly downMs: number;
      readonly revisions: Revisions;
    }
  | { readonly do: 'restart the gateway'; readonly downMs: number; readonly revisions: Revisions }
  /** Another process is started beside one that hangs on: the store is the new one's, the old one keeps its connections. */
  | {
      readonly do: 'take over';
      readonly downMs: number;
      readonly lingerMs: number;
      readonly revisions: Revisions;
    }
  | {
      readonly do: 'crash at';
      readonly point: CrashPoint;
      readonly silent: boolean;
      readonly downMs: number;
      readonly revisions: Revisions;
    }
  | { readonly do: 'fail commits'; readonly count: number }
  | { readonly do: 'lose answers of the disk'; readonly count: number }
  | { readonly do: 'fail reads'; readonly count: number }
  | { readonly do: 'slow the disk'; readonly ms: number; readonly forMs: number }
  | { readonly do: 'jump the clock of the gateway'; readonly ms: number }
  | { readonly do: 'jump the clock'; readonly who: string; readonly ms: number }
  | { readonly do: 'crash'; readonly who: string; readonly silent: boolean; readonly downMs: number }
  /** Its program ends in order; what starts after it may be an older or newer version. */
  | { readonly do: 'close'; readonly who: string; readonly downMs: number; readonly revisions: Revisions }
  | { readonly do: 'revoke the token'; readonly who: string; readonly scopes: readonly Scope[] }
  | { readonly do: 'narrow the token'; readonly who: string; readonly scopes: readonly Scope[] }
  | { readonly do: 'trim the log'; readonly tenant: string; readonly keep: number }
  | { readonly do: 'keep a backup' }
  | { readonly do: 'restore the backup'; readonly downMs: number };

export type Planned = { readonly at: number } & (Act | Fault);

const ACTS: ReadonlySet<string> = new Set<Act['do']>(['add', 'read', 'poke', 'report', 'submit', 'say', 'ask status']);

export function isFault(item: Planned): item is { readonly at: number } & Fault {
  return !ACTS.has(item.do);
}

/** One line about what was planned, for people. */
export function describePlanned({ at, ...item }: Planned): string {
  const { do: what, ...rest } = item;
  return `${at.toFixed(0)} ms: ${what} ${JSON.stringify(rest)}`;
}
