import { expect, test } from "vitest";
import { listPredecessors } from "../../compiler/graph/predecessors.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { answerFor } from "../../evidence/why/answer.js";
import { predict } from "../../evidence/predict.js";
import { stretto } from "../support/command-line.js";
import { exampleText, plannedText } from "../support/plan-text.js";
import { projectRoot } from "../support/project.js";

const why = (name: string, ...more: string[]) =>
  stretto(["explain", "examples/comet.stretto", "--profile", "small", "--why", name, ...more], {
    workingDirectory: projectRoot,
  });

interface Told {
  readonly name: string;
  readonly line: number;
  readonly start_ns: number;
  readonly finish_ns: number;
  readonly reasons?: readonly string[];
}

interface Explained extends Told {
  readonly waits_for: readonly Told[];
  readonly waited_for_by: readonly Told[];
  readonly last_wait: (Told & { readonly reason: string; readonly launched: boolean }) | null;
}

test("says what a task waits for, what waits for it, why, when, and where in the file", async () => {
  const { code, output, errors } = await why("h[3] on rank 2", "--schedule", "comet");
  expect(errors).toBe("");
  expect(code).toBe(0);
  expect(output).toContain("h, block 3, on rank 2  examples/comet.stretto:36:");
  expect(output).toMatch(/begins at [\d.]+ us, ends at [\d.]+ us, as predicted/);
  expect(output).toMatch(
    /It waits for .*\n(?:.*\n)* {4}sent, 2 blocks, from ranks 0, 1 to rank 2 .*\n {6}its result is needed: sent \[/,
  );
  expect(output).toContain("it stands first in queue sms, which issues in order");
  expect(output).toMatch(
    /What waits for it .*\n(?:.*\n)* {4}y, blocks 0 \.\. 3, on rank 2 .*\n {6}needs the result: h \[/,
  );
  expect(output).toContain("program order: `out` comes after `h`");
});

test("of several tasks, the first and the last to begin are shown, and all are counted", async () => {
  const { output } = await why("h on rank 2", "--schedule", "comet", "--json");
  const { tasks, shown } = JSON.parse(output) as { tasks: number; shown: Explained[] };
  expect(tasks).toBeGreaterThan(2);
  expect(shown).toHaveLength(2);
  expect(shown[0]!.start_ns).toBeLessThanOrEqual(shown[1]!.start_ns);
});

test("--json has every task that is waited for, with its place, and no more than the text says", async () => {
  const { output } = await why("h[3] on rank 2", "--schedule", "comet", "--json");
  const answer = JSON.parse(output) as { schedule: string; tasks: number; shown: Explained[] };
  expect(answer).toMatchObject({ schedule: "comet", tasks: 1 });
  const [task] = answer.shown;
  expect(task!.waits_for.map(({ reasons }) => reasons)).toContainEqual(["data"]);
  expect(task!.waits_for.map(({ name }) => name)).toContain("h, block 2, on rank 2");
  expect(task!.last_wait).toMatchObject({ reason: "data", launched: true });
  for (const each of [...task!.waits_for, ...task!.waited_for_by]) expect(each.line).toBeGreaterThan(30);
});

test("without --schedule it is of the last one of the file", async () => {
  const { output } = await why("full 0 -> 1", "--json");
  expect(JSON.parse(output)).toMatchObject({ schedule: "tp_comet", layer: "moe_tp" });
});

test.each(["barrier", "pipelined", "comet", "tp_comet"])(
  "%s: what is over last is over when the task begins",
  (name) => {
    const { planned } = plannedText(exampleText("comet"), name, { profile: "small" });
    const { graph } = planned;
    const { timeline } = predict(planned);
    const { start, finish } = timeline;
    const before = listPredecessors(graph);
    for (let task = 0; task < graph.taskCount; task += 3) {
      if (graph.kind[task] === TaskKind.join) continue;
      const { last, waitsFor } = answerFor(graph, before, timeline, task);
      for (const wait of waitsFor)
        if (wait.reasons.some((reason) => reason !== "queue"))
          expect(finish[wait.task]).toBeLessThanOrEqual(start[task]!);
      if (last !== undefined && last.task >= 0) expect(graph.kind[last.task]).not.toBe(TaskKind.join);
      if (last === undefined) expect(start[task]).toBe(0);
      else if (last.task >= 0 && !last.launched && last.reason !== "queue") expect(finish[last.task]).toBe(start[task]);
      else if (last.task >= 0) expect(start[last.task]).toBeLessThanOrEqual(start[task]!);
    }
  },
);
