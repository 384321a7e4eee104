/** One connection as the load generator sees it. */
export interface Link {
  send(text: string): void;
  /** The connection may be used from now on. */
  ready(): void;
  /** The answer to a request came. */
  answered(id: number): void;
  /** An event came. */
  event(): void;
  /** Something came that should not have: the run is worth nothing. */
  fail(reason: string): void;
}

/** What is said on one connection, and how what comes is told apart. It looks at no more of a text than it must. */
export interface Talk {
  /** Text of a request that is answered with its payload. */
  read(id: number): string;
  /** Text of a request whose effect is kept, on disk where the server has one. */
  write?(id: number): string;
  /** Text of a request that has one event sent to every connection. */
  publish?(id: number): string;
  receive(text: string): void;
}

export interface Dialect {
  /** @default '/' */
  readonly path?: string;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Begins to speak on a socket that is open. */
  talk(link: Link): Talk;
  /** The payload that an answer to `read` carries. */
  payloadOf(text: string): unknown;
}

/** Makes the dialect of a server. @param facts what the server told of itself */
export type MakeDialect = (facts: Readonly<Record<string, unknown>>) => Dialect;

/** The whole number that stands behind a mark, without parsing the rest; -1 where there is none. */
export function numberAfter(text: string, mark: string): number {
  const at = text.indexOf(mark);
  if (at < 0) return -1;
  let value = 0;
  for (let index = at + mark.length; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return value;
}
