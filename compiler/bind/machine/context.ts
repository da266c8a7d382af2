import type { Expr, Path, Span } from "../../../grammar/ast.js";
import type { Dimension } from "../quantity.js";
import type { DiagnosticCollector } from "../../diagnostics/collector.js";
import type { Location } from "../../diagnostics/types.js";
import type { MachineShape } from "./shape.js";

/** What the making of a machine needs of bind. Values that are not to be had are undefined, and reported. */
export interface MachineContext {
  readonly diagnostics: DiagnosticCollector;
  locate(node: { readonly span: Span }): Location;
  /** In base units, once the unit is the one asked for. `what` opens the message: "The bandwidth of `hbm`". */
  measure(expression: Expr, dimension: Dimension, what: string): number | undefined;
  /** A whole number of at least `least`. */
  count(expression: Expr, what: string, least?: 0 | 1): number | undefined;
  /** The machine of a level; undefined where there is none, or it is refused, which is reported. */
  machineOf(path: Path): MachineShape | undefined;
  /** True once something in this machine was refused. */
  refused: boolean;
}

/** Reports a value that is no rate, share or time. */
export function reportRange(
  context: MachineContext,
  node: { readonly span: Span },
  what: string,
  expected: string,
  value: number,
): undefined {
  context.diagnostics.report("value-out-of-range", context.locate(node), { what, expected, value });
  context.refused = true;
  return undefined;
}
