/**
 * `accumulate v over axis`
 *
 * Legality. v = u[axis, ..] e for a monoid u, with nothing applied to the reduction: then for any cut of the axis into
 * blocks B1, B2, ..: u over the axis = u(B1) u u(B2) u .., by associativity, and a partial state is a legal state of v
 * (R4 allows this reassociation, and its bound is derived).
 *
 * Effect. The blocks of the axis that a producer releases are taken one at a time into the same block of v, in the
 * order in which they are issued; a reader of v waits for all of them.
 */
import { collectAccesses } from "../../lower/access.js";
import { reductionVariableOf } from "../../lower/lower-op.js";
import { opOf, ownStatement, quoteList, type VerbContext, type VerbOf } from "./context.js";
import type { LayerIR, OpStatement } from "../../check/ir.js";

export function applyAccumulate(context: VerbContext, verb: VerbOf<"accumulate">): void {
  const { layer, settings, diagnostics } = context;
  for (const target of verb.targets) {
    const statement = ownStatement(target);
    const op = statement === undefined ? undefined : opOf(layer, statement);
    const variable =
      op === undefined ? undefined : reductionVariableOf(context, op, collectAccesses(op.kernel), verb.axis);
    if (op === undefined || statement === undefined || variable === undefined) {
      const names = op === undefined ? [] : reducedAxes(layer, op);
      const reduced = names.length === 0 ? "" : ` (it reduces over ${quoteList(names)})`;
      diagnostics.report("accumulate-not-reduced", target.location, { value: target.path, axis: verb.axis, reduced });
      continue;
    }
    const { body } = op.kernel;
    if (body.kind !== "reduce" || !body.variables.includes(variable)) {
      diagnostics.report("accumulate-finished", target.location, { value: target.path, axis: verb.axis });
      continue;
    }
    settings.statements[statement]!.accumulate = { axis: verb.axis, cut: { tiled: false, restarts: [] } };
  }
}

/** Names of the axes that the op reads by a reduction variable. */
export function reducedAxes(layer: LayerIR, op: OpStatement): string[] {
  const accesses = collectAccesses(op.kernel);
  const names = new Set<string>();
  for (const operand of op.operands)
    for (const axis of layer.values[operand]!.axes)
      if (reductionVariableOf({ layer }, op, accesses, axis.name) !== undefined) names.add(axis.name);
  return [...names];
}
