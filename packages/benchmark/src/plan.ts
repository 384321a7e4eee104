/** How much is done: everything that decides how long the benchmark takes. */
export interface Plan {
  /** Whether everything is measured that there is to compare with, or the most telling of it. */
  readonly spares: boolean;
  /** Length of the turn before the first, in which the runtime's compiler gets to know the code. */
  readonly warmUpMs: number;
  /** Turns of each server in a workload. */
  readonly rounds: number;
  /** Length of a measured turn, in milliseconds. */
  readonly turnMs: number;
  /** What comes before it in each turn, unmeasured. */
  readonly rampMs: number;
  readonly connections: number;
  readonly inFlight: number;
  readonly fanOutConnections: number;
  readonly idleConnections: number;
  /** Events that a peer has missed when it resumes. */
  readonly missedEvents: number;
  /** Connections and events between which the cost of a message is compared. */
  readonly growth: { readonly connections: number; readonly fewEvents: number; readonly manyEvents: number };
  /** Events that the client's library is sent. */
  readonly clientEvents: number;
}

export const FULL: Plan = {
  spares: true,
  warmUpMs: 2000,
  rounds: 7,
  turnMs: 700,
  rampMs: 100,
  connections: 32,
  inFlight: 16,
  fanOutConnections: 1000,
  idleConnections: 5000,
  missedEvents: 10_000,
  growth: { connections: 10_000, fewEvents: 10_000, manyEvents: 1_000_000 },
  clientEvents: 20_000,
};

/** To see where one stands in less than a minute: spreads are wide. */
export const QUICK: Plan = {
  ...FULL,
  spares: false,
  warmUpMs: 120,
  rounds: 3,
  turnMs: 100,
  inFlight: 8,
  rampMs: 20,
  idleConnections: 200,
  fanOutConnections: 200,
  missedEvents: 1000,
  growth: { connections: 300, fewEvents: 1000, manyEvents: 20_000 },
  clientEvents: 2000,
};

/** Enough to see that everything works, and nothing else. */
export const SMOKE: Plan = {
  spares: true,
  warmUpMs: 5,
  rounds: 1,
  turnMs: 20,
  rampMs: 5,
  connections: 2,
  inFlight: 2,
  fanOutConnections: 3,
  idleConnections: 3,
  missedEvents: 20,
  growth: { connections: 5, fewEvents: 10, manyEvents: 20 },
  clientEvents: 20,
};
