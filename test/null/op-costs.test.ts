import { expect, test } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { opCosts } from "../../compiler/plan/op-costs.js";
import { planSchedule } from "../../compiler/program.js";
import { exampleProgram } from "../support/examples.js";

test.each([
  ["comet", "barrier"],
  ["comet", "tp_barrier"],
  ["token-ring", undefined],
])("what an op of %s, %s, costs alone is what its tasks in a planned graph cost together", (name, schedule) => {
  const program = exampleProgram(name, { profileIfThere: "small" });
  const chosen = program.schedules.find((one) => schedule === undefined || one.name === schedule)!;
  const { graph, layer, program: on } = planSchedule(program, { ...chosen, verbs: [] }).planned!;
  layer.statements.forEach((statement, index) => {
    if (statement.kind !== "op") return;
    const sums = new Map<number, { flops: number; bytesRead: number; bytesWritten: number }>();
    for (let task = 0; task < graph.taskCount; task++) {
      if (graph.kind[task] !== TaskKind.compute || graph.instances[graph.instance[task]!]!.statement !== index)
        continue;
      const cost = graph.classes[graph.classOf[task]!]!;
      if (cost.kind !== "compute") continue;
      const sum = sums.get(graph.rank[task]!) ?? { flops: 0, bytesRead: 0, bytesWritten: 0 };
      sums.set(graph.rank[task]!, sum);
      sum.flops += cost.flops;
      sum.bytesRead += cost.bytesRead;
      sum.bytesWritten += cost.bytesWritten;
    }
    const alone = opCosts(on, layer, statement);
    expect(sums.size).toBeGreaterThan(0);
    for (const [rank, { flops, bytesRead, bytesWritten }] of sums) {
      expect(alone.get(rank)!.flops).toBeCloseTo(flops, 3);
      expect(alone.get(rank)!.bytesRead).toBeCloseTo(bytesRead, 3);
      expect(alone.get(rank)!.bytesWritten).toBeCloseTo(bytesWritten, 3);
    }
  });
});
