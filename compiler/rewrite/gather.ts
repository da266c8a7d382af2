/**
 * Reading through a gather: an op that only moves, y[i..] = x[f(i..)], needs no memory for y in whatever reads it, since
 * y[g(j..)] = x[f(g(j..))]. So a product reads the rows that a table asks for where they lie, with nothing done twice.
 */
import { substituteIndex } from "../kernels/index-math.js";
import type { IndexIR, KernelIR, ScalarIR } from "../check/ir.js";
import { rewriteScalar, walkKernel } from "../kernels/walk.js";

/** Where a kernel that only moves reads its one operand, by its output variables; undefined for any other kernel. */
export function gatheredAt(kernel: KernelIR): readonly IndexIR[] | undefined {
  return kernel.body.kind === "read" && kernel.body.operand === 0 ? kernel.body.at : undefined;
}

/**
 * `outer` reading, instead of operand `place`, what that was gathered from. Its operands stay in their places. Undefined
 * where an index would be arithmetic on a table's column.
 */
export function readThrough(outer: KernelIR, place: number, gathered: readonly IndexIR[]): KernelIR | undefined {
  const through = (at: readonly IndexIR[]) =>
    gathered.map((index) => substituteIndex(index, (variable) => at[variable]!));
  let possible = true;
  walkKernel(outer, (scalar) => {
    if (scalar.kind === "read" && scalar.operand === place && through(scalar.at).includes(undefined)) possible = false;
  });
  if (!possible) return undefined;
  const rewrite = {
    scalar: (scalar: ScalarIR): ScalarIR =>
      scalar.kind === "read" && scalar.operand === place
        ? { ...scalar, at: through(scalar.at).map((index) => index!) }
        : scalar,
  };
  return {
    ...outer,
    locals: outer.locals.map((local) => ({ ...local, body: rewriteScalar(local.body, rewrite) })),
    body: rewriteScalar(outer.body, rewrite),
  };
}
