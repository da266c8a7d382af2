/** What a type may be pending under: of states, one at a time, and of a value with the axes that the state has. */
import type { TensorType } from "../../grammar/ast.js";
import { isStateful } from "../graph/monoid-states.js";
import type { TypedValue } from "./axis-specs.js";
import { isAscending } from "./ordered-parts.js";
import type { CheckContext } from "./check-context.js";
import { locate } from "../bind/bound-program.js";

/** @returns whether a type's pending states can be kept; if not, that is reported. */
export function canKeepState(value: TypedValue, type: TensorType, file: string, context: CheckContext): boolean {
  for (const { monoid: name, over } of value.pending) {
    const monoid = context.monoid(name, file);
    if (!monoid || !(isStateful(monoid) || monoid.ordered)) continue;
    const what =
      monoid.ordered && !isAscending(over)
        ? `\`${name}\` is ordered: a value is pending under it over mesh axes as the mesh has them, outermost first.`
        : isStateful(monoid) && value.pending.length > 1
          ? `What is pending \`${name}\` is kept as a state, which cannot be pending under another monoid too.`
          : monoid.axes.length > value.axes.length
            ? `A state of \`${name}\` has the last ${monoid.axes.length} axes of its value; this has ${value.axes.length}.`
            : undefined;
    if (what === undefined) continue;
    context.diagnostics.report("monoid-component", locate(file, type), { what });
    return false;
  }
  return true;
}
