/**
 * A kernel for any op: each invocation computes four neighbours along the last dimension of the result, with all that they
 * reduce over. Where the four are computed alike they are one vec4f, else one after the other.
 */
import type { KernelIR, MonoidIR, ScalarIR } from "../../../check/ir.js";
import { indexVariables } from "../../../kernels/index-math.js";
import { walkScalar } from "../../../kernels/walk.js";
import type { Scope } from "../text/host.js";
import { laneIndex, narrowIndex } from "../text/indices.js";
import type { WgslModule } from "../text/writer.js";
import { computesInF16 } from "./f16.js";
import { createOpKernel } from "./op-kernel.js";
import type { KernelVariant, TaskKey } from "./variant.js";

export const elementwiseWorkgroup = 64;

const signature = `@compute @workgroup_size(${elementwiseWorkgroup})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) invocation: u32,
)`;

export function generateElementwise(
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  variant: KernelVariant,
  comment: readonly string[],
): WgslModule<TaskKey> {
  const { writer, variables, evaluation, results } = createOpKernel<TaskKey>(kernel, monoids, variant, {
    numbers: computesInF16(kernel, variant) ? "f16" : "f32",
  });
  const { line, say, open, close, field, table } = writer;
  const last = kernel.outputRank - 1;
  say("Four neighbours of the result: their number along the last dimension, and an index of each other one.");
  line(`let thread = i32((workgroup.y * workgroups.x + workgroup.x) * ${elementwiseWorkgroup}u + invocation);`);
  line(`if (thread >= ${field("threads", { kind: "threads" })}) { return; }`);
  const outer = new Map(
    Array.from({ length: Math.max(0, last) }, (_, variable) => [variable, narrowIndex(variables.name(variable), 0)]),
  );
  const scope: Scope = { environment: outer, known: new Map(), depth: 0 };
  if (last >= 0) {
    const groups = field("groups", { kind: "groups" });
    line(`let group = ${field("first_group", { kind: "firstGroup" })} + thread % ${groups};`);
    if (last > 0) line(`${last > 1 ? "var" : "let"} rest = thread / ${groups};`);
    for (let variable = last - 1; variable >= 0; variable--) {
      const count = variables.field("count", variable);
      const place = variable === 0 ? "rest" : `rest % ${count}`;
      line(`let ${variables.name(variable)} = ${variables.indexAt(variable, place)};`);
      if (variable > 0) line(`rest /= ${count};`);
    }
  }
  if (last < 0) results(scope, undefined);
  else if (computesInFours(kernel, variant)) fours();
  else lanes();
  return writer.module(comment, signature);

  function fours(): void {
    const name = variables.name(last);
    line(`let ${name} = 4 * group + ${field("low_of_group", { kind: "lowOfGroup" })};`);
    line(`let mask = ${variables.lanes(last, name)};`);
    results({ ...scope, environment: new Map([...outer, [last, laneIndex(name, 0)]]) }, "mask");
  }

  function lanes(): void {
    const name = variables.name(last);
    const environment = new Map([...outer, [last, narrowIndex(name, 1)]]);
    evaluation.hoist(kernel.body, scope, environment);
    open("for (var lane = 0; lane < 4; lane++)");
    if (isLastListed(kernel, variant)) {
      const positions = field("positions", { kind: "positions" });
      line(`let ${name} = ${table(`${positions} + 4 * group + lane`)};`);
      line(`if (${name} < 0) { continue; }`);
    } else {
      const low = variables.field("low", last);
      line(`let ${name} = 4 * group + lane + ${field("low_of_group", { kind: "lowOfGroup" })};`);
      line(`if (${name} < ${low} || ${name} >= ${low} + ${variables.field("count", last)}) { continue; }`);
    }
    results({ environment, known: new Map(scope.known), depth: 1 }, undefined);
    close();
  }
}

/** Whether the indices along the last dimension, or their positions in memory, are no single interval. */
function isLastListed({ outputRank }: KernelIR, { listed, outputs, partial }: KernelVariant): boolean {
  const last = outputRank - 1;
  return (
    listed[last]! ||
    outputs.some(({ dimensions, mapped }) => dimensions.at(-1) === last && mapped.at(-1)!) ||
    partial?.mapped.at(-1) === true
  );
}

/** Whether four neighbours of the result fold the same rows, and are neighbours in memory. */
export function computesInFours(kernel: KernelIR, variant: KernelVariant): boolean {
  return !isLastListed(kernel, variant) && !rowsDependOn(kernel, kernel.outputRank - 1);
}

/** Whether which rows are folded may depend on a variable: in a local equation any may stand for it. */
function rowsDependOn(kernel: KernelIR, variable: number): boolean {
  const folds = (scalar: ScalarIR, isSuch: (own: number) => boolean): boolean => {
    let found = false;
    walkScalar(scalar, (part) => {
      if (part.kind !== "reduce" || part.rowsWhere === undefined) return;
      found ||= indexVariables(part.rowsWhere.equals).some(isSuch);
    });
    return found;
  };
  return folds(kernel.body, (own) => own === variable) || kernel.locals.some(({ body }) => folds(body, () => true));
}
