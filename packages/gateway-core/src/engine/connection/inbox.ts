/** Whose inbox it is. */
export interface InboxOwner {
  /** Whether a frame may be taken up now. */
  mayTake(): boolean;
  take(text: string): void;
}

/**
 * The frames of one connection in the order in which they came. One that may not be taken up yet waits, and those behind it:
 * a transport that is told to stop reading has some left over.
 *
 * A class, unlike most of what is here: there is one for each connection, and methods that all of them share take up no memory.
 */
export class Inbox {
  readonly #owner: InboxOwner;
  #frames: string[] = [];
  #taking = false;

  constructor(owner: InboxOwner) {
    this.#owner = owner;
  }

  add(text: string): void {
    this.#frames.push(text);
    this.proceed();
  }

  /** Takes up what waits, as far as that may be now. */
  proceed(): void {
    // Taking one up can make the transport hand over more: they stand behind it.
    if (this.#taking) return;
    this.#taking = true;
    try {
      while (this.#frames.length > 0 && this.#owner.mayTake()) this.#owner.take(this.#frames.shift() as string);
    } finally {
      this.#taking = false;
    }
  }

  waiting(): number {
    return this.#frames.length;
  }

  clear(): void {
    this.#frames = [];
  }
}
