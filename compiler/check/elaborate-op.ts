/**
 * A call of an op: its kernel, its result's layout, and what it is fused with. An elementwise op is an epilogue of what
 * it encloses: it is composed with every enclosed op that is elementwise too, and with the last one that is not; the
 * others become statements before it.
 */
import type { CallExpr } from "../../grammar/ast.js";
import type { OpDefinition } from "../bind/bound-program.js";
import { composeKernels, hasReductions, mergeOperands, readsElementwise } from "./compose-kernels.js";
import type { BoundCall } from "./call-binding.js";
import { addSlot, close, typeOf } from "./elaboration-state.js";
import type { Elaborated, NameNode, OpenKernel, ValueEntry } from "./elaboration-state.js";
import type { KernelIR } from "./ir.js";
import type { LayerScope } from "./layer-scope.js";
import { originOf } from "./layer-scope.js";
import { inferLayout } from "./layout-inference.js";
import { reportLayoutProblem } from "./layout-reports.js";
import { resolveOp } from "./op-resolution.js";
import { isInMemory } from "./tiers.js";

export function elaborateOp(
  call: CallExpr,
  definition: OpDefinition,
  bound: BoundCall<Elaborated>,
  node: NameNode,
  scope: LayerScope,
): Elaborated | undefined {
  const { context, state } = scope;
  const operands = bound.values.map(({ name, value, expression }) => ({ name, type: typeOf(value), expression }));
  const { file: caller } = scope.environment;
  if (!operands.every(({ type, expression }) => isInMemory(type, expression, caller, context))) return undefined;
  const op = resolveOp(definition, bound.environment, operands, context);
  if (!op) return undefined;
  const types = operands.map((operand) => operand.type);
  const { layout, problems } = inferLayout(op.kernel, types, context.inference);
  if (!layout) {
    const { file } = scope.environment;
    const call_ = {
      callee: op.kernel.name,
      kernel: op.kernel,
      operands,
      expression: call,
      file,
      calledFrom: scope.calledFrom,
    };
    for (const problem of problems) reportLayoutProblem(problem, call_, context);
    return undefined;
  }
  const axes = op.axes.map((axis, dimension) => ({ ...axis, cuts: layout.cuts[dimension]! }));
  const type = { dtype: op.dtype, axes, pending: layout.pending, at: layout.at };
  const values = bound.values.map((argument) => argument.value);
  const fused = fuseEnclosed(op.kernel, values, node);
  const slot = addSlot(state, scope.frame);
  const open: Elaborated = { kind: "open", open: { slot, ...fused, type, node, location: originOf(call, scope) } };
  // What is stated is the cost of this op alone.
  return op.kernel.cost === undefined ? open : { kind: "value", entry: close(open) };
}

/** Whether an op may be computed in the kernel that makes one of its operands. */
function isEpilogue(kernel: KernelIR, operand: number): boolean {
  return kernel.cost === undefined && !hasReductions(kernel) && readsElementwise(kernel, operand);
}

function fuseEnclosed(
  kernel: KernelIR,
  values: readonly Elaborated[],
  node: NameNode,
): Pick<OpenKernel, "kernel" | "operands" | "hasCore"> {
  const elementwise = !hasReductions(kernel) && values.every((_, operand) => readsElementwise(kernel, operand));
  const open = values.map((value, operand) =>
    value.kind === "open" && isEpilogue(kernel, operand) ? value.open : undefined,
  );
  const lastCore = open.findLastIndex((other) => other?.hasCore);
  let current = kernel;
  let name = kernel.name;
  let hasCore = !elementwise;
  let operands: (ValueEntry | undefined)[] = values.map((value, operand) => {
    const other = open[operand];
    return other && (!other.hasCore || operand === lastCore) ? undefined : close(value);
  });
  // Each step puts the inner kernel's operands in front; what is still to be fused keeps its place among the rest.
  for (const inner of open.filter((other, operand) => other && operands[operand] === undefined)) {
    const place = operands.indexOf(undefined);
    name = `${name}(${inner!.kernel.name})`;
    current = composeKernels(current, place, inner!.kernel, inner!.operands.length, name);
    operands = [...inner!.operands, ...operands.filter((_, operand) => operand !== place)];
    inner!.node.mergedInto = node;
    hasCore ||= inner!.hasCore;
  }
  const entries = operands as ValueEntry[];
  const distinct = [...new Set(entries)];
  const merged = mergeOperands(
    current,
    entries.map((entry) => distinct.indexOf(entry)),
  );
  return { kernel: merged.kernel, operands: merged.operands.map((index) => distinct[index]!), hasCore };
}
