const startedAt = performance.now();

/** Prints one line of the story, with the seconds since its beginning. */
export function tell(line: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
  console.log(`${seconds}s  ${line}`);
}

/** The claims of the story. They are all checked, so that one failure does not hide another. */
export interface Claims {
  /** Says a claim and whether it holds; `found` is what was counted. */
  check(claim: string, holds: boolean, found: unknown): void;
  readonly failed: number;
}

export function createClaims(): Claims {
  let failed = 0;
  return {
    check(claim, holds, found) {
      if (!holds) failed += 1;
      console.log(`        ${holds ? '✓' : '✗'} ${claim}${holds ? '' : ` — found ${JSON.stringify(found)}`}`);
    },
    get failed() {
      return failed;
    },
  };
}

/** How often each value occurs. */
export function countEach(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Rejects when a promise takes too long, so that a broken story ends instead of hanging. */
export async function within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
