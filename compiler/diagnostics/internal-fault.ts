/** A fault of ours, never of the user's program. The command line reports it as such and exits with 3. */
export class InternalFault extends Error {
  override readonly name = "InternalFault";
  constructor(
    readonly stage: string,
    message: string,
  ) {
    super(`${stage}: ${message}`);
  }
}

/** States what must hold at this stage; a failure is our fault, not the user's. */
export function assertInvariant(condition: boolean, stage: string, message: string): asserts condition {
  if (!condition) throw new InternalFault(stage, message);
}
