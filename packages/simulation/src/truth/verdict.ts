/** The invariants that hold in every world, by name. */
export const INVARIANTS = {
  'one effect': 'One effect per ledger key, ever.',
  'no early acknowledgement': 'No acknowledgement before the announced durability.',
  'every event or told':
    'Each client applies each durable event that it may see exactly once and in order, or is told snapshot_required with the true reason.',
  audience: 'Nothing is delivered outside its audience, live or replayed.',
  'one ending': 'A request ends in its response or in outcome_unknown, never in silence and never in both.',
  'bounded bytes': 'The bytes held for one connection stay under a fixed bound.',
  convergence: 'When faults stop, everything converges within a bound of virtual time.',
  'no loose ends': 'Nothing of the product throws where nobody catches it.',
} as const;

export type Invariant = keyof typeof INVARIANTS;

/** What was found to be wrong with a world. */
export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}

/** Takes complaints; the first one ends the world, at the end of the step in which it was made. */
export interface Verdict {
  readonly violation: Violation | undefined;
  /** Never throws: it is called from inside the product, which might catch what is thrown. */
  fail(invariant: Invariant, message: string): void;
}

export function createVerdict(): Verdict {
  let violation: Violation | undefined;
  return {
    get violation() {
      return violation;
    },
    fail(invariant, message) {
      violation ??= { invariant, message };
    },
  };
}
