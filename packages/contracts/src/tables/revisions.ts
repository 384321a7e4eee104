export interface Revision {
  readonly revision: number;
  readonly status: 'current' | 'supported' | 'retired';
  /** ISO date, or `null` while it is still in the making. */
  readonly released: string | null;
  /** ISO date after which gateways may stop serving it, where one is set. */
  readonly sunset: string | null;
  /** Not in the build for browsers. */
  readonly summary?: string;
}

/** The history of the protocol. What each revision added is computed from `since`, `until` and `x-since`. */
export const revisions = [
  {
    revision: 1,
    status: 'retired',
    released: '2025-03-01',
    sunset: '2025-09-01',
    summary: 'A single-step connect without a proof.',
  },
  {
    revision: 2,
    status: 'supported',
    released: '2025-06-01',
    sunset: null,
    summary: 'A handshake that proves the device, and the whole control plane, live only.',
  },
  {
    revision: 3,
    status: 'current',
    released: null,
    sunset: null,
    summary: 'Both sides prove themselves; idempotency, cursors, resume, tasks.',
  },
] as const satisfies readonly Revision[];
