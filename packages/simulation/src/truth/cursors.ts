import type { RecoveryReason } from '@tyrum/contracts';
import type { TrueLog } from './logs.ts';

/** What a cursor stood for when it was handed out. */
export interface CursorFacts {
  readonly tenant: string;
  readonly deviceId: string;
  readonly role: string;
  readonly scopes: ReadonlySet<string>;
  readonly revision: number;
  readonly branch: number;
  readonly position: number;
}

/** Who resumes, as the gateway knows them now. */
export type Resumer = Omit<CursorFacts, 'branch' | 'position'>;

/** Every cursor that was ever handed out in a world, and what it means. */
export interface TrueCursors {
  /** Position of a cursor that was handed out; `undefined` for any other text. */
  find(cursor: string): CursorFacts | undefined;
  handedOut(cursor: string, facts: CursorFacts): void;
}

export function createTrueCursors(): TrueCursors {
  const known = new Map<string, CursorFacts>();
  return {
    find: (cursor) => known.get(cursor),
    handedOut(cursor, facts) {
      if (!known.has(cursor)) known.set(cursor, facts);
    },
  };
}

export type Outcome = 'fresh' | 'resumed' | RecoveryReason;

/** What a resume must be answered, by the table of the protocol, from top to bottom. */
export function trueOutcome(facts: CursorFacts | undefined, resumer: Resumer, log: TrueLog): Outcome {
  if (facts === undefined || facts.tenant !== resumer.tenant || facts.deviceId !== resumer.deviceId)
    return 'unknown_cursor';
  if (facts.revision !== resumer.revision) return 'revision_changed';
  if (facts.role !== resumer.role || !sameSet(facts.scopes, resumer.scopes)) return 'scope_changed';
  if (facts.branch !== log.branch) return 'epoch_changed';
  if (facts.position < log.floor) return 'trimmed';
  return 'resumed';
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((value) => other.has(value));
}

/**
 * Where in the log a cursor of this gateway stands. Its text says so, authenticated but not hidden; only a world that watches
 * from outside looks.
 */
export function positionIn(cursor: string): number {
  return Number.parseInt(cursor.split('.')[4] ?? '', 36);
}
