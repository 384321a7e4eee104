/**
 * The positions that were sent to a peer and are not acknowledged. They are kept as stretches without a hole: those of a peer who is
 * sent everything are two numbers, however many they are.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class Unacked {
  #count = 0;
  /** The newest stretch; empty where the first is past the last. */
  #first = 0;
  #last = -1;
  /** First and last of each stretch before it, in turn. There while there are any. */
  #older: number[] | undefined = undefined;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Adds a position after all that were added before. */
  add(position: number): void {
    if (position !== this.#last + 1) {
      if (this.#first <= this.#last) {
        this.#older ??= [];
        this.#older.push(this.#first, this.#last);
      }
      this.#first = position;
    }
    this.#last = position;
    this.#count += 1;
  }

  /** Takes away those up to a position. */
  ack(position: number): void {
    if (this.#older !== undefined) this.#older = this.#ackOlder(this.#older, position);
    if (this.#older !== undefined || position < this.#first) return;
    const next = Math.min(position, this.#last) + 1;
    this.#count -= next - this.#first;
    this.#first = next;
  }

  #ackOlder(older: readonly number[], position: number): number[] | undefined {
    const left: number[] = [];
    for (let at = 0; at < older.length; at += 2) {
      const [first, last] = [older[at] as number, older[at + 1] as number];
      const next = Math.max(first, Math.min(position, last) + 1);
      this.#count -= next - first;
      if (next <= last) left.push(next, last);
    }
    return left.length === 0 ? undefined : left;
  }
}
