import type { RecoveryReason } from '@tyrum/contracts';
import type { TrueLog } from './logs.ts';

/** What a cursor stood for when it was handed out. */
export interface CursorFacts {
  readonly tenant: string;
  readonly deviceId: string;
  readonly role: string;
  /** `undefined`: it was handed out while they changed. */
  readonly scopes: ReadonlySet<string> | undefined;
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
      const earlier = known.get(cursor);
      if (earlier === undefined || earlier.scopes === undefined) known.set(cursor, facts);
    },
  };
}

export type Outcome = 'fresh' | 'resumed' | RecoveryReason;

/**
 * What a resume may be answered, by the table of the protocol, from top to bottom: the one true thing, or with scopes that
 * change just now, either of two.
 */
export function trueOutcomes(facts: CursorFacts | undefined, resumer: Resumer, log: TrueLog): readonly Outcome[] {
  if (facts === undefined || facts.tenant !== resumer.tenant || facts.deviceId !== resumer.deviceId)
    return ['unknown_cursor'];
  if (facts.revision !== resumer.revision) return ['revision_changed'];
  const { scopes } = facts;
  const unsure = scopes === undefined || resumer.scopes === undefined;
  if (facts.role !== resumer.role || (!unsure && !sameSet(scopes, resumer.scopes))) return ['scope_changed'];
  const rest = outcomeInLog(facts, log);
  return unsure ? ['scope_changed', rest] : [rest];
}

function outcomeInLog({ branch, position }: CursorFacts, log: TrueLog): Outcome {
  if (branch !== log.branch) return 'epoch_changed';
  return position < log.floor ? 'trimmed' : 'resumed';
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
