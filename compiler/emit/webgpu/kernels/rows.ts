/**
 * A kernel for ops that reduce over what a row of the result depends on: norms, softmax. A workgroup has a row. Its invocations
 * fold a share of each reduction, agree on what all came to, and then compute the row, each some of it.
 */
import type { KernelIR, MonoidIR } from "../../../check/ir.js";
import { laneIndex, narrowIndex } from "../text/indices.js";
import { narrow, splat } from "../text/scalars.js";
import type { WgslModule } from "../text/writer.js";
import { computesInFours } from "./elementwise.js";
import { createOpKernel } from "./op-kernel.js";
import type { OpKernel, Sharing } from "./op-kernel.js";
import type { KernelVariant, TaskKey } from "./variant.js";

const parts = ["x", "y", "z", "w"];

/** Undefined where no reduction can be shared: the general kernel does as well. */
export function generateRows(
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  variant: KernelVariant,
  invocations: number,
  comment: readonly string[],
): WgslModule<TaskKey> | undefined {
  const last = kernel.outputRank - 1;
  if (last < 0 || variant.stage !== "whole" || !computesInFours(kernel, variant)) return undefined;
  let shares = 0;
  const op: OpKernel<TaskKey> = createOpKernel<TaskKey>(kernel, monoids, variant, {
    sharing(own) {
      const sharing = sharedReductions(own, variant, invocations);
      return {
        loop: sharing.loop,
        agree(reduce, monoid, depth) {
          const agreed = sharing.agree(reduce, monoid, depth);
          if (agreed !== undefined) shares++;
          return agreed;
        },
      };
    },
  });
  const { writer, variables, evaluation, results } = op;
  const { line, say, open, close, field } = writer;

  say("A row of the result: an index of each dimension but the last.");
  line("let row = i32(workgroup.y * workgroups.x + workgroup.x);");
  line(`if (row >= ${field("rows_here", { kind: "rowCount" })}) { return; }`);
  if (last > 0) line(`${last > 1 ? "var" : "let"} rest = row;`);
  for (let variable = last - 1; variable >= 0; variable--) {
    const count = variables.field("count", variable);
    line(
      `let ${variables.name(variable)} = ${variables.indexAt(variable, variable === 0 ? "rest" : `rest % ${count}`)};`,
    );
    if (variable > 0) line(`rest /= ${count};`);
  }
  const outer = new Map(
    Array.from({ length: last }, (_, variable) => [variable, narrowIndex(variables.name(variable), 0)]),
  );
  const scope = { environment: outer, known: new Map(), depth: 0 };
  const name = variables.name(last);
  const inner = new Map([...outer, [last, laneIndex(name, 1)]]);
  evaluation.hoist(kernel.body, scope, inner);
  if (shares === 0) return undefined;
  const [first, groups] = [field("first_group", { kind: "firstGroup" }), field("groups", { kind: "groups" })];
  say("The row itself, now that its reductions are known.");
  open(`for (var group = ${first} + i32(invocation); group < ${first} + ${groups}; group += ${invocations})`);
  line(`let ${name} = 4 * group + ${field("low_of_group", { kind: "lowOfGroup" })};`);
  line(`let mask = ${variables.lanes(last, name)};`);
  results({ environment: inner, known: new Map(scope.known), depth: 1 }, "mask");
  close();
  const signature = `@compute @workgroup_size(${invocations})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) invocation: u32,
)`;
  return writer.module(comment, signature);
}

/** Reductions that stand in no loop are shared: each invocation folds every `invocations`-th four of their indices. */
function sharedReductions(
  { writer, variables, evaluation }: Omit<OpKernel<TaskKey>, "give" | "results">,
  { listed }: KernelVariant,
  invocations: number,
): Sharing {
  const { line, say, open, close, field } = writer;
  return {
    loop(variable, depth, rows, isShared) {
      if (!isShared) return variables.loop(variable, depth, rows);
      // Shared loops stand in no other.
      const name = variables.name(variable);
      say("This invocation's share of a reduction.");
      const first = field(`first_group_${name}`, { kind: "firstGroupOf", variable });
      open(
        `for (var four_${name} = i32(invocation); four_${name} < ${field(`groups_${name}`, { kind: "groupsOf", variable })}; four_${name} += ${invocations})`,
      );
      line(`let ${name} = 4 * (${first} + four_${name}) + ${field("low_of_group", { kind: "lowOfGroup" })};`);
      const mask = `mask_${name}`;
      line(`let ${mask} = ${variables.lanes(variable, name)};`);
      return { value: laneIndex(name, depth), blocks: 1, mask };
    },
    agree(reduce, monoid, depth) {
      const [variable] = reduce.variables;
      const isPlain = monoid.axes.length === 0 && !monoid.ordered && reduce.rowsWhere === undefined;
      if (depth > 0 || !isPlain || reduce.variables.length !== 1 || listed[variable!]) return undefined;
      return (state) => {
        say("Its four lanes together, then with the other invocations', half of them at a time.");
        const lane = (part: string) => state.map((value) => narrow(`${splat(value)}.${part}`));
        const [x, y, z, w] = parts.map(lane);
        const pairs = [evaluation.monoids.combine(monoid, x!, y!), evaluation.monoids.combine(monoid, z!, w!)];
        const own = evaluation.monoids.combine(monoid, pairs[0]!, pairs[1]!);
        const arrays = monoid.components.map((_, component) => `shared_${component}`);
        for (const name of arrays)
          writer.share("What each invocation of a row came to.", [{ name, element: "f32", count: invocations }]);
        own.forEach((value, component) => line(`${arrays[component]}[invocation] = ${value.text};`));
        line("workgroupBarrier();");
        open(`for (var half = ${invocations / 2}u; half > 0u; half /= 2u)`);
        open("if (invocation < half)");
        const at = (place: string) => arrays.map((array) => narrow(`${array}[${place}]`));
        evaluation.monoids
          .combine(monoid, at("invocation"), at("invocation + half"))
          .forEach((value, component) => line(`${arrays[component]}[invocation] = ${value.text};`));
        close();
        line("workgroupBarrier();");
        close();
        const number = writer.unique();
        arrays.forEach((array, component) => line(`let row${number}_${component} = ${array}[0];`));
        line("workgroupBarrier();");
        return arrays.map((_, component) => narrow(`row${number}_${component}`));
      };
    },
  };
}
