/** Where what is written to a buffer is passed on to. */
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { atSamePlaces } from "../../compiler/graph/layout.js";
import { intersect } from "../../compiler/graph/runs.js";
import type { SharedActions } from "./actions.js";

/** `region` of what was written stands in `to` as well: at `place`, or (absent) at the same indices. */
export interface PassedOn {
  readonly to: number;
  readonly region: readonly Runs[];
  readonly place?: readonly Runs[];
}

/** By what was written, one step: `to` may have aliases of its own. */
export function aliasReader(
  { aliases }: SharedActions,
  runsOf: (number: number) => Runs,
): (written: number, region: readonly Runs[]) => PassedOn[] {
  return (written, region) =>
    aliases[written]!.flatMap((alias) => {
      const common = region.map((runs, d) => intersect(runs, runsOf(alias.region[d]!)));
      if (common.some((runs) => runs.length === 0)) return [];
      const place = alias.onto?.map(({ runs, from }) =>
        from === undefined ? runsOf(runs) : atSamePlaces(common[from]!, runsOf(alias.region[from]!), runsOf(runs)),
      );
      return [{ to: alias.buffer, region: common, ...(place && { place }) }];
    });
}
