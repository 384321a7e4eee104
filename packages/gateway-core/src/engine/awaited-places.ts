import type { AsOf } from './response.ts';

/** Places in the log at which reads were true, and that delivery to their peer has not come to yet. */
export interface AwaitedPlaces {
  add(place: AsOf): void;
  /** Takes the first one, if delivery has come to it. */
  take(position: number): AsOf | undefined;
  clear(): void;
}

/** Of more places than these the first are left out: a peer that is so far behind reads again. */
const MOST_PLACES = 64;

export function createAwaitedPlaces(): AwaitedPlaces {
  let places: AsOf[] = [];
  return {
    add(place) {
      // Another event may have stood there in a transaction that failed.
      const others = places.filter(({ position }) => position !== place.position);
      places = [...others, place].sort((a, b) => a.position - b.position).slice(-MOST_PLACES);
    },
    take(position) {
      const [first] = places;
      return first !== undefined && first.position <= position ? places.shift() : undefined;
    },
    clear() {
      places = [];
    },
  };
}
