/** What nodes do in the physical world: nothing takes it back, and no restart forgets it. */
export interface Wheels {
  turn(token: string, dispatch: string): void;
  /** How often it was turned for an intention. */
  timesFor(token: string): number;
  /** How often it was turned for one dispatch of one. */
  readonly byDispatch: ReadonlyMap<string, number>;
}

export function createWheels(onTurn: (token: string, times: number) => void): Wheels {
  const byToken = new Map<string, number>();
  const byDispatch = new Map<string, number>();
  return {
    turn(token, dispatch) {
      byDispatch.set(dispatch, (byDispatch.get(dispatch) ?? 0) + 1);
      const times = (byToken.get(token) ?? 0) + 1;
      byToken.set(token, times);
      onTurn(token, times);
    },
    timesFor: (token) => byToken.get(token) ?? 0,
    byDispatch,
  };
}
