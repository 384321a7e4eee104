/** What is due, earliest first; what is due at the same time comes in the order in which it was added. */
export interface EventQueue<Value> {
  /** When the earliest one is due; `Infinity` when there is none. */
  readonly nextTime: number;
  add(time: number, value: Value): void;
  /** Takes the earliest one. */
  take(): { readonly time: number; readonly value: Value } | undefined;
}

interface Entry<Value> {
  readonly time: number;
  readonly order: number;
  readonly value: Value;
}

/** A binary heap. */
export function createEventQueue<Value>(): EventQueue<Value> {
  const heap: Entry<Value>[] = [];
  let added = 0;

  const before = (one: Entry<Value>, other: Entry<Value>) =>
    one.time < other.time || (one.time === other.time && one.order < other.order);
  const at = (index: number) => heap[index] as Entry<Value>;

  function swap(one: number, other: number): void {
    const kept = at(one);
    heap[one] = at(other);
    heap[other] = kept;
  }

  return {
    get nextTime() {
      return heap[0]?.time ?? Number.POSITIVE_INFINITY;
    },
    add(time, value) {
      heap.push({ time, order: added, value });
      added += 1;
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (!before(at(child), at(parent))) break;
        swap(child, parent);
        child = parent;
      }
    },
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length === 0) return first;
      heap[0] = last;
      for (let parent = 0; ; ) {
        const left = 2 * parent + 1;
        if (left >= heap.length) break;
        const child = left + 1 < heap.length && before(at(left + 1), at(left)) ? left + 1 : left;
        if (!before(at(child), at(parent))) break;
        swap(child, parent);
        parent = child;
      }
      return first;
    },
  };
}
