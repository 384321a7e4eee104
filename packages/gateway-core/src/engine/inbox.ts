/**
 * The frames of one connection in the order in which they came. One that may not be taken up yet waits, and those behind it:
 * a transport that is told to stop reading has some left over.
 */
export interface Inbox {
  add(text: string): void;
  /** Takes up what waits, as far as that may be now. */
  proceed(): void;
  waiting(): number;
  clear(): void;
}

export function createInbox(options: { mayTake: () => boolean; take: (text: string) => void }): Inbox {
  const { mayTake, take } = options;
  let frames: string[] = [];
  let taking = false;

  function proceed(): void {
    // Taking one up can make the transport hand over more: they stand behind it.
    if (taking) return;
    taking = true;
    try {
      while (frames.length > 0 && mayTake()) take(frames.shift() as string);
    } finally {
      taking = false;
    }
  }

  return {
    add(text) {
      frames.push(text);
      proceed();
    },
    proceed,
    waiting: () => frames.length,
    clear() {
      frames = [];
    },
  };
}
