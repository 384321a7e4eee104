import type { NodeLink } from '../pairings/node-links.ts';

/** A dispatch that was sent over a connection, or is about to be. */
export interface Flight {
  readonly taskId: string;
  /** Ends the waiting for its answer. */
  readonly controller: AbortController;
  /** Known once it was made durable. */
  dispatchId: string | undefined;
  /** The node has answered; what becomes of the task is its own doing. */
  answered: boolean;
}

/** What waits for the answer of one connection. */
export interface Lane {
  readonly link: NodeLink;
  /** By task. Never more than a node may have at a time. */
  readonly flights: Map<string, Flight>;
  /** There may be more for this node than there was room for. */
  backlog: boolean;
  filling: boolean;
}

/** The dispatches that wait for an answer in this process, by connection. */
export interface NodeFlights {
  laneOf(link: NodeLink): Lane;
  /** Reserves the place of a dispatch. `undefined`: the task is under way there already, or there is no room. */
  reserve(link: NodeLink, taskId: string): Flight | undefined;
  release(link: NodeLink, flight: Flight): void;
  /** The connection is gone, or another took its place: nobody waits for its answers any more. */
  drop(link: NodeLink): void;
}

export function createNodeFlights(mostPerNode: number): NodeFlights {
  const lanes = new Map<NodeLink, Lane>();

  function laneOf(link: NodeLink): Lane {
    let lane = lanes.get(link);
    if (lane === undefined) {
      lane = { link, flights: new Map(), backlog: false, filling: false };
      if (link.open) lanes.set(link, lane);
    }
    return lane;
  }

  return {
    laneOf,
    reserve(link, taskId) {
      const lane = laneOf(link);
      if (!link.open || lane.flights.has(taskId)) return undefined;
      if (lane.flights.size >= mostPerNode) {
        lane.backlog = true;
        return undefined;
      }
      const flight: Flight = { taskId, controller: new AbortController(), dispatchId: undefined, answered: false };
      lane.flights.set(taskId, flight);
      return flight;
    },
    release(link, flight) {
      const { flights } = laneOf(link);
      if (flights.get(flight.taskId) === flight) flights.delete(flight.taskId);
    },
    drop(link) {
      const lane = lanes.get(link);
      lanes.delete(link);
      for (const { controller } of lane?.flights.values() ?? []) controller.abort();
    },
  };
}
