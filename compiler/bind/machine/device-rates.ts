import type { Expr, Identifier, RankDecl } from "../../../grammar/ast.js";
import { kernelSorts } from "../../machine/block-shape.js";
import { isArithmetic } from "../../machine/kernel-rates.js";
import type { DeviceRates, KernelRate } from "../../machine/model.js";
import type { Dimension } from "../quantity.js";
import { bytesPerSecond, flopsPerSecond } from "../quantity.js";
import { didYouMean, nearestName } from "../suggest.js";
import type { MachineContext } from "./context.js";

/** How properties of a rank are read, which report what is wrong with them. */
interface Readers {
  positive(expression: Expr, dimension: Dimension, what: string): number;
  whole(expression: Expr, what: string, least: 0 | 1): number;
  nonNegative(expression: Expr, what: string): number;
  missing(property: string): void;
}

/** `dispatch` and the kernels measured; undefined where neither stands. */
export function deviceRatesOf(
  { properties }: RankDecl,
  context: MachineContext,
  read: Readers,
): DeviceRates | undefined {
  const dispatch = properties.find((property) => property.kind === "DispatchProperty");
  const kernels = properties.flatMap((property) => (property.kind === "KernelProperty" ? [property] : []));
  if (dispatch === undefined) {
    if (kernels.length > 0) read.missing("`dispatch`, which its `kernel` rates are beside");
    return undefined;
  }
  const rates = kernels.flatMap(({ does, dtype, sizes, rate }): KernelRate[] => {
    const sort = kernelSorts.find((each) => each === does.text);
    if (sort === undefined) {
      reportUnknown(does, context);
      return [];
    }
    const whole = sizes.map((size) => read.whole(size, "A size of a `kernel`", 1));
    const [rows = 1, columns = 1, depth = 1, parts = 1] = whole;
    const perSecond = read.positive(
      rate,
      isArithmetic(sort) ? flopsPerSecond : bytesPerSecond,
      "The rate of a `kernel`",
    );
    return [{ does: sort, rows, columns, depth, parts, dtype: dtype.text, perSecond }];
  });
  return { dispatchSeconds: read.nonNegative(dispatch.time, "`dispatch`"), kernels: rates };
}

function reportUnknown(does: Identifier, context: MachineContext): void {
  const near = nearestName(does.text, kernelSorts);
  const location = context.locate(does);
  const fixes = near === undefined ? [] : [{ title: `write \`${near}\``, edits: [{ location, newText: near }] }];
  const known = kernelSorts.map((sort) => `\`${sort}\``).join(", ");
  context.diagnostics.report("unknown-kernel", location, { name: does.text, known, hint: didYouMean(near) }, { fixes });
  context.refused = true;
}
