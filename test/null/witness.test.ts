import { describe, expect, test } from "vitest";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import { renderJson } from "../../compiler/diagnostics/render-json.js";
import { renderText } from "../../compiler/diagnostics/render-text.js";
import type { Diagnostic, Witness } from "../../compiler/diagnostics/types.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { lower } from "../../compiler/lower/lower.js";
import { executionPlan } from "../../compiler/plan/execution.js";
import { plan } from "../../compiler/plan/plan.js";
import { settingsOf } from "../../compiler/plan/settings.js";
import { checkFile } from "../../compiler/program.js";
import { prove } from "../../compiler/prove/prove.js";
import { standardHost } from "../support/bind-text.js";
import { planText } from "../support/plan-text.js";

// What a person is shown who has never seen the compiler. The first lines, which every diagnostic has, are left out.

function shown(diagnostic: Diagnostic | undefined, text: string): string {
  const lines = diagnostic === undefined ? [] : renderText([diagnostic], () => text).split("\n");
  const { kind } = diagnostic?.witness ?? { kind: "none" };
  const first = lines.findIndex((line) => line.endsWith(":") && !line.startsWith("main"));
  return `\n${[kind, ...lines.slice(first)].join("\n")}`;
}

function refused(text: string): string {
  return shown(
    planText(text).diagnostics.find(({ severity }) => severity === "error"),
    text,
  );
}

const whole = (schedule: string): string => `import { laptop } from "std/machines"
import { gelu } from "std/ops"
param rows = 64, cols = 32
mesh on laptop { tp: 4 }
layer whole(x: f32[rows/tp, cols]) -> out: f32[rows, cols] {
  let full = all_gather(x, rows)
  return gelu(full)
}
schedule s of whole {
${schedule}
}
`;

test("tasks that wait for each other", () => {
  const verbs = "  overlap full -> out by shard\n  tile out by (8, 32)\n  order out by rows\n  keep 1 of full";
  expect(refused(whole(verbs))).toMatchInlineSnapshot(`
    "
    cycle
      Each of these steps waits for another one of them, so that none ever begins:

           rank 1   rank 2
              |        |
       1      o------->|    waits for 3
       2      |        *    waits for 1
       3      |        *    waits for 2

       1. rank 1 to rank 2, full, block 5, round 1: would overwrite what step 3 has yet to read  main.stretto:6:14
       2. rank 2, out, block 1: needs what step 1 brings  main.stretto:7:10
       3. rank 2, out, block 2: stands behind step 2 in queue sms, which issues in order  main.stretto:7:10
          2 of 4 ranks take no part
    "
  `);
});

describe("collectives that do not what their signature says", () => {
  const program = (signature: string, layer: string) => (body: string) => `import { laptop } from "std/machines"
param rows = 64, cols = 32
mesh on laptop { tp: 4 }
collective mine(${signature}) over n {
  ${body}
}
layer l${layer}
schedule s of l {
  use mine for out
}
`;
  const gather = program(
    "x: [c/n] -> [c]",
    "(x: f32[rows/tp, cols]) -> out: f32[rows, cols] { return all_gather(x, rows) }",
  );
  const scatter = program(
    "x: [c] pending u over n -> [c/n]",
    "(x: f32[rows, cols] pending sum over tp) -> out: f32[rows/tp, cols] { return reduce_scatter(x, rows) }",
  );

  test("a chunk that does not come all the way", () => {
    expect(refused(gather("for s in 0 ..< n - 2 { send x[rank - s] to rank + 1 }"))).toMatchInlineSnapshot(`
      "
      lost contribution
        Where it goes, step by step:

             rank 0   rank 1   rank 2   rank 3
                |        |        |        |
         1      |        o------->|        |
         2      |        |        o------->|    after 1
         3      *        |        |        |

         1. rank 1 to rank 2, x[1], round 0: brings it  main.stretto:5:26
         2. rank 2 to rank 3, x[1], round 1: brings it  main.stretto:5:26
         3. rank 0, x[1], at the end: nothing has brought it  main.stretto:4:12
      "
    `);
  });

  test("a contribution that no send takes along", () => {
    const body = "for s in 1 ..< n - 1 { send x[rank - s - 1] to rank + 1, combining }";
    expect(refused(scatter(body))).toMatchInlineSnapshot(`
      "
      lost contribution
        Where it goes, step by step:

             rank 0   rank 1   rank 2   rank 3
                |        |        |        |
         1      |        *        |        |
         2      |        |        o------->|
         3      |<-------------------------o    after 2
         4      *        |        |        |    after 3

         1. rank 1, x[0]: no send takes along what this rank has  main.stretto:4:12
         2. rank 2 to rank 3, x[0], round 0: adds rank 2's contribution  main.stretto:5:26
         3. rank 3 to rank 0, x[0], round 1: adds the contributions of ranks 2, 3  main.stretto:5:26
         4. rank 0, x[0], at the end: has the contributions of ranks 0, 2, 3, and not rank 1's  main.stretto:4:12
      "
    `);
  });

  test("contributions that are overwritten, because nothing is combined", () => {
    const body = "for s in 0 ..< n - 1 { send x[rank - s - 1] to rank + 1 }";
    expect(refused(scatter(body))).toMatchInlineSnapshot(`
      "
      lost contribution
        Where it goes, step by step:

             rank 0   rank 1   rank 2   rank 3
                |        |        |        |
         1      |        o------->|        |
         2      |        |        o------->|    after 1
         3      |<-------------------------o    after 2
         4      *        |        |        |    after 3

         1. rank 1 to rank 2, x[0], round 0: puts rank 1's contribution in place of what is there  main.stretto:5:26
         2. rank 2 to rank 3, x[0], round 1: puts rank 1's contribution in place of what is there  main.stretto:5:26
         3. rank 3 to rank 0, x[0], round 2: puts rank 1's contribution in place of what is there  main.stretto:5:26
         4. rank 0, x[0], at the end: has rank 1's contribution, and not rank 0's  main.stretto:4:12
      "
    `);
  });

  test("a contribution that comes round again", () => {
    const body = "for s in 0 ..< n { send x[rank - s - 1] to rank + 1, combining }";
    expect(refused(scatter(body))).toMatchInlineSnapshot(`
      "
      doubled contribution
        The ways it comes in, step by step:

             rank 0   rank 1   rank 2   rank 3
                |        |        |        |
         1      |        o------->|        |
         2      |        |        o------->|    after 1
         3      |<-------------------------o    after 2
         4      o------->|        |        |    after 3

         1. rank 1 to rank 2, x[0], round 0: adds rank 1's contribution  main.stretto:5:22
         2. rank 2 to rank 3, x[0], round 1: adds the contributions of ranks 1, 2  main.stretto:5:22
         3. rank 3 to rank 0, x[0], round 2: adds the contributions of ranks 1, 2, 3  main.stretto:5:22
         4. rank 0 to rank 1, x[0], round 3: brings rank 1's contribution, which is in it already  main.stretto:5:22
      "
    `);
  });

  test("a chunk that is sent by a rank without it", () => {
    expect(refused(gather("for s in 0 ..< n - 1 { send x[rank - s + 1] to rank + 1 }"))).toMatchInlineSnapshot(`
      "
      missing
        Step by step:

             rank 0   rank 1
                |        |
         1      |        *
         2      o------->|

         1. rank 1, x[1]: has it before the first round  main.stretto:4:12
         2. rank 0 to rank 1, x[1], round 0: sends it, but rank 0 does not have it  main.stretto:5:26
            2 of 4 ranks take no part
      "
    `);
  });

  test("a chunk that is sent on in the round that brings it", () => {
    expect(refused(gather("send x[0] from 0 to 1 & send x[0] from 1 to 2"))).toMatchInlineSnapshot(`
      "
      missing
        Step by step:

             rank 0   rank 1   rank 2
                |        |        |
         1      |        o------->|
         2      o------->|        |

         1. rank 1 to rank 2, x[0], round 0: sends it, but rank 1 does not have it yet  main.stretto:5:27
         2. rank 0 to rank 1, x[0], round 0: brings it  main.stretto:5:3
            1 of 4 ranks takes no part
      "
    `);
  });

  test("a chunk that comes to where it is", () => {
    expect(refused(gather("for s in 0 ..< n { send x[rank - s] to rank + 1 }"))).toMatchInlineSnapshot(`
      "
      doubled contribution
        The ways it comes in, step by step:

             rank 0   rank 1   rank 2   rank 3
                |        |        |        |
         1      |        o------->|        |
         2      |        |        o------->|    after 1
         3      |<-------------------------o    after 2
         4      o------->|        |        |    after 3

         1. rank 1 to rank 2, x[1], round 0: brings it  main.stretto:5:22
         2. rank 2 to rank 3, x[1], round 1: brings it  main.stretto:5:22
         3. rank 3 to rank 0, x[1], round 2: brings it  main.stretto:5:22
         4. rank 0 to rank 1, x[1], round 3: brings it though it is there  main.stretto:5:22
      "
    `);
  });
});

describe("a graph that lacks a task, or has one too many", () => {
  const ops = whole("  overlap full -> out by shard\n  tile out by (8, 32)");

  /** What is said once a task of the graph is another's. */
  function broken(text: string, change: (graph: TaskGraph) => void): string {
    const { program } = checkFile("main.stretto", createMemoryHost({ "main.stretto": text }, standardHost));
    const [schedule] = program!.schedules;
    const collector = createCollector();
    const layer = program!.layers[schedule!.layer]!;
    const planned = plan(lower(program!, layer, settingsOf(program!, layer, schedule!, collector)), collector);
    change(planned.graph);
    prove(planned, () => executionPlan(planned), schedule!, collector);
    return shown(
      collector.list().find(({ name }) => name === "not-complete"),
      text,
    );
  }

  const tasksOf = (graph: TaskGraph, name: string, rank: number): number[] =>
    [...graph.instance.keys()].filter((task) => {
      const cost = graph.classes[graph.classOf[task]!];
      const at = cost?.kind === "transfer" ? cost.target : graph.rank[task];
      return graph.instances[graph.instance[task]!]?.name === name && at === rank;
    });

  test("a block that two tasks write", () => {
    const said = broken(ops, (graph) => {
      const [first, second] = tasksOf(graph, "out", 1);
      graph.block[second!] = graph.block[first!]!;
    });
    expect(said).toMatchInlineSnapshot(`
      "
      doubled contribution
        The ways it comes in, step by step:

             rank 1
                |
         1      *
         2      *    after 1

         1. rank 1, out, block 0: writes all of it  main.stretto:7:10
         2. rank 1, out, block 0: writes all of it  main.stretto:7:10
            3 of 4 ranks take no part
      "
    `);
  });

  test("a block that no task writes", () => {
    const said = broken(ops, (graph) => {
      graph.instance[tasksOf(graph, "out", 1)[2]!] = -1;
    });
    expect(said).toMatchInlineSnapshot(`
      "
      missing
        Step by step:

             rank 1
                |
         1      *

         1. rank 1, out, block 2: is not there: no queue has it  main.stretto:7:10
            3 of 4 ranks take no part
      "
    `);
  });

  test("a delivery that nobody makes, on the way of a chunk from rank to rank", () => {
    const word = ops.replace(/let full = (.*)\n.*\n/, "return $1\n").replace(/schedule s .*/s, "schedule s of whole\n");
    const said = broken(word, (graph) => {
      const second = tasksOf(graph, "out", 3).find((task) => {
        const { rounds } = graph.instances[graph.instance[task]!]!;
        return rounds![graph.block[task]!] === 1;
      });
      expect(second).toBeDefined();
      graph.instance[second!] = -1;
    });
    expect(said).toMatchInlineSnapshot(`
      "
      lost contribution
        Where it goes, step by step:

             rank 1   rank 2   rank 3
                |        |        |
         1      o------->|        |
         2      |        o------->|    after 1

         1. rank 1 to rank 2, out, block 1, round 0: brings it  main.stretto:6:10
         2. rank 2 to rank 3, out, block 6, round 1: is not there: no queue has it  main.stretto:6:10
            1 of 4 ranks takes no part
      "
    `);
  });
});

describe("witnesses that are large", () => {
  const at = { file: "main.stretto", span: { start: 0, end: 5 } };
  const steps = Array.from({ length: 15 }, (_, index) => ({
    rank: index,
    ...(index % 2 === 0 && { target: (index * 5 + 1) % 16 }),
    what: "needs what the one before brings",
    task: `h, block ${index}`,
    location: at,
    ...(index > 0 && { after: [index - 1] }),
  }));
  const witness: Witness = { kind: "interleaving", rankCount: 20, steps };
  const diagnostic = createDiagnostic("deadlock", at, { cycle: "x" }, { witness });

  test("are drawn for eight ranks and twelve steps, and the rest is counted", () => {
    const lines = shown(diagnostic, "param").split("\n");
    expect(lines.slice(1, 18).join("\n")).toMatchInlineSnapshot(`
      "interleaving
        Nothing forbids this order:

             rank 0   rank 1   rank 2   rank 3   rank 4   rank 5   rank 6   rank 11
                |        |        |        |        |        |        |        |
         1      o------->|        |        |        |        |        |        |
         2      |        *        |        |        |        |        |        |    after 1
         3      |        |        o------------------------------------------->|    after 2
         4      |        |        |        *        |        |        |        |    after 3
         5      |        |        |        |        o------->|        |        |    after 4
         6      |        |        |        |        |        *        |        |    after 5
         7      |        |        |        |        |        |        *        |    to rank 15, after 6
         8      |        |        |        |        |        |        |        |    from rank 7, after 7
         9      |        |        |        |        |        |        |        |    from rank 8, to rank 9, after 8
        10      |        |        |        |        |        |        |        |    from rank 9, after 9
        11      |        |        |        *        |        |        |        |    from rank 10, after 10
        12      |        |        |        |        |        |        |        *    after 11"
    `);
    expect(lines.slice(-4).join("\n")).toMatchInlineSnapshot(`
      "  12. rank 11, h, block 11: needs what the one before brings  main.stretto:1:1
            and 3 more steps
            8 more take part; 4 of 20 ranks take no part
      "
    `);
    expect(Math.max(...lines.slice(0, 18).map((line) => line.length))).toBeLessThan(115);
  });

  test("are whole for machines, each step with its place", () => {
    const [json] = renderJson([diagnostic], () => "param");
    expect(json!.witness!.steps).toHaveLength(15);
    expect(json!.witness).toMatchObject({ kind: "interleaving", rankCount: 20 });
    const place = { file: "main.stretto", line: 1, column: 1, endLine: 1, endColumn: 6 };
    expect(json!.witness!.steps[2]).toEqual({
      ...{ rank: 2, target: 11, task: "h, block 2", what: "needs what the one before brings", after: [1] },
      ...place,
    });
  });

  test("are places for editors, step by step, after those of the diagnostic itself", () => {
    const own = { location: at, message: "here it is" };
    const { related } = createDiagnostic("deadlock", at, { cycle: "x" }, { witness, related: [own] });
    expect(related).toHaveLength(13);
    expect(related[0]).toEqual(own);
    expect(related[2]!.message).toBe("step 2 of 15, rank 1, h, block 1: needs what the one before brings");
    const text = renderText([{ ...diagnostic, related }], () => "param");
    expect(text).toContain("here it is");
    expect(text).not.toContain("step 2 of 15");
  });

  test("have nothing in them that steers the terminal, and the same text in colour", () => {
    const [first] = steps;
    const bad = { ...first!, task: "\u001b[31mx\u202e", what: "\u0007" };
    const one = createDiagnostic("deadlock", at, { cycle: "x" }, { witness: { ...witness, steps: [bad] } });
    const plain = renderText([one], () => "param");
    expect([...plain].filter((each) => /[\p{Cc}\p{Cf}]/u.test(each) && each !== "\n")).toEqual([]);
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
    expect(renderText([one], () => "param", { colour: true }).replaceAll(escapes, "")).toBe(plain);
  });
});
