/** Links as slow as those of a machine: what a runtime that shapes its transfers asks of the model, and nothing else. */

export interface LinkShape {
  readonly resourceCount: number;
  /** What the transfer of a task takes, whose payload has so many bytes. */
  routeOf(task: number, payloadBytes: number): ShapedRoute;
}

export interface ShapedRoute {
  /** Ports, wires and caps that transfers share. */
  readonly resources: readonly number[];
  /** Nanoseconds that a byte of payload takes of each. */
  readonly nsPerByte: readonly number[];
  readonly latencyNs: number;
}
