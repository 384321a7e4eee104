/** What several rounds came to. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws {RangeError} for no values at all */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const { length } = sorted;
  if (length === 0) throw new RangeError('there is nothing to take the median of');
  const upper = sorted[Math.floor(length / 2)] as number;
  const lower = sorted[Math.floor((length - 1) / 2)] as number;
  return { median: (lower + upper) / 2, min: sorted[0] as number, max: sorted[length - 1] as number };
}

/** The straight line that fits best. */
export interface Line {
  /** Units of y per unit of x. */
  readonly slope: number;
  /** The standard error of the slope: about how far off it is by chance. */
  readonly error: number;
}

/** @throws {RangeError} for fewer than three points, which have no error */
export function lineThrough(points: readonly { readonly x: number; readonly y: number }[]): Line {
  if (points.length < 3) throw new RangeError('a line with an error needs three points');
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const above = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const slope = above / below;
  const off = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, error: Math.sqrt(off / (points.length - 2) / below) };
}
