import type { AsOf } from '../requests/response.ts';

/** Of more places than these the first are left out: a peer that is so far behind reads again. */
const MOST_PLACES = 64;

/** Places in the log at which reads were true, and that delivery to their peer has not come to yet. */
export class AwaitedPlaces {
  #places: AsOf[] = [];

  get empty(): boolean {
    return this.#places.length === 0;
  }

  add(place: AsOf): void {
    // Another event may have stood there in a transaction that failed.
    const others = this.#places.filter(({ position }) => position !== place.position);
    this.#places = [...others, place].sort((a, b) => a.position - b.position).slice(-MOST_PLACES);
  }

  /** Takes the first one, if delivery has come to it. */
  take(position: number): AsOf | undefined {
    const [first] = this.#places;
    return first !== undefined && first.position <= position ? this.#places.shift() : undefined;
  }
}
