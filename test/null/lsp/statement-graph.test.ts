import { expect, test } from "vitest";
import { listPredecessors } from "../../../compiler/graph/predecessors.js";
import { TaskKind } from "../../../compiler/graph/task-graph.js";
import { waitsOf } from "../../../compiler/graph/waits.js";
import { planSchedule } from "../../../compiler/program.js";
import { statementGraph, valueOf } from "../../../lsp/background/statement-graph.js";
import { exampleProgram } from "../../support/examples.js";

const program = exampleProgram("comet", { profileIfThere: "small" });

test.each(program.schedules.map((schedule) => [schedule.name, schedule] as const))(
  "statements of %s wait for what their tasks wait for, for the same reasons",
  (_, schedule) => {
    const { graph } = planSchedule(program, schedule).planned!;
    const before = listPredecessors(graph);
    const nameOf = (task: number) => valueOf(graph.instances[graph.instance[task]!]!);
    const expected = new Set<string>();
    for (let task = 0; task < graph.taskCount; task++) {
      if (graph.kind[task] === TaskKind.join) continue;
      for (const wait of waitsOf(graph, before, task))
        for (const reason of wait.reasons)
          if (nameOf(wait.task) !== nameOf(task) && ["data", "order", "reuse"].includes(reason))
            expected.add(`${nameOf(wait.task)} -> ${nameOf(task)}: ${reason}`);
    }
    const { nodes, edges } = statementGraph(graph);
    const found = edges.map(({ from, to, why }) => `${nodes[from]!.value} -> ${nodes[to]!.value}: ${why}`);
    expect(new Set(found)).toEqual(expected);
    expect(found).toHaveLength(expected.size);
    const tasks = graph.kind.reduce((count, kind) => count + (kind === TaskKind.join ? 0 : 1), 0);
    expect(nodes.reduce((sum, node) => sum + node.tasks, 0)).toBe(tasks);
  },
);
