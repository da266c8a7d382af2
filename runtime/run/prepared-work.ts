import type { Elements } from "../numbers/dtypes.js";

/** What a run needs of its device: what each rank is given, and where the outputs are when all have ended. */
export interface PreparedWork<Work> {
  workOf(rank: number): Work;
  /** Elements of a buffer of the plan, an input or an output at least; absent on device `null`. */
  elementsOf?(buffer: number): Elements;
}
