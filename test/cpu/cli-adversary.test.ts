import { afterAll, describe, expect, test } from "vitest";
import { referenceFor } from "../../evidence/execute.js";
import { tryOrders } from "../../cli/support/run/adverse.js";
import { toleranceOf } from "../../evidence/tolerance.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { edgesOf } from "../support/graph-mutants.js";
import { withEdge, withoutEdge } from "../support/plan-mutants.js";
import { readProjectFile } from "../support/project.js";
import { plannedOf, programOf } from "../support/run-text.js";

const text = readProjectFile("cli/templates/overlap/mlp.stretto");
const folder = temporaryFolder({ "mlp.stretto": text, "an mlp.stretto": text });
afterAll(() => folder.remove());
const program = programOf(text, {}, { profile: "small" });
const inFolder = (...args: string[]): ReturnType<typeof stretto> => stretto(args, { workingDirectory: folder.path });

interface Answer {
  readonly schedule: string;
  readonly max_error: number | null;
  readonly tolerance: number;
}

describe("run --adversary", () => {
  test("every schedule in so many orders, and a line each of what they came to", async () => {
    const { code, output, errors } = await inFolder("run", "mlp.stretto", "--all", "--adversary", "7");
    expect(errors).toBe("");
    expect(code).toBe(0);
    expect(output).toContain("of seeds 1 to 7");
    expect(output).toMatch(/^barrier +mlp .* 7 +7$/m);
    expect(output).toMatch(/^overlapped +mlp .* 7 +7$/m);
    expect(output).toContain("Every order comes to the same bits: the whole layer's, within its tolerance.");
  });

  test("the same under --json, and the error is that of a run on device cpu", async () => {
    const ran = await inFolder("run", "mlp.stretto", "--adversary", "3", "--adversary-seed", "40", "--json");
    const answer = JSON.parse(ran.output) as Answer;
    expect(answer).toMatchObject({
      ...{ file: "mlp.stretto", schedule: "overlapped", device: "cpu", ranks: 4 },
      ...{ orders: 3, first_seed: 40, identical_orders: 3 },
    });
    const plain = JSON.parse((await inFolder("run", "mlp.stretto", "--json")).output) as Answer;
    expect(answer.max_error).toBe(plain.max_error);
    expect(answer.tolerance).toBe(plain.tolerance);
    const all = await inFolder("run", "mlp.stretto", "--all", "--adversary", "2", "--json");
    expect((JSON.parse(all.output) as { results: Answer[] }).results.map(({ schedule }) => schedule)).toEqual([
      "barrier",
      "overlapped",
    ]);
  });

  test("without the whole layer, orders are compared all the same", async () => {
    const { code, output } = await inFolder("run", "mlp.stretto", "--adversary", "2", "--no-verify");
    expect(code).toBe(0);
    expect(output).toContain("Every order comes to the same bits. They were not compared.");
  });

  test("a claim that the planned order does not meet fails as it does without", async () => {
    const strict = temporaryFolder({ "strict.stretto": text.replace("within 1e-2", "within 1e-9") });
    const { code, errors } = await stretto(["run", "strict.stretto", "--adversary", "1"], {
      workingDirectory: strict.path,
    });
    strict.remove();
    expect(code).toBe(1);
    expect(errors).toContain("ST6001 result-differs");
  });

  test("an order of other bits fails, and the command that is told repeats it", () => {
    const { problems, identical } = tried("an mlp.stretto", lackingAnEdge);
    expect(identical).toBeLessThan(40);
    expect(problems.map(({ name }) => name)).toEqual(["order-changes-result"]);
    const [, seed] = /with seed (\d+)/.exec(problems[0]!.message)!;
    expect(problems[0]!.message).toContain(
      `\`stretto run 'an mlp.stretto' --schedule overlapped --profile small --set 'tokens=2 * 16' --adversary 1 --adversary-seed ${seed}\``,
    );
    const again = tried("an mlp.stretto", lackingAnEdge, { adversary: 1, adversarySeed: Number(seed) });
    expect(again.problems.map(({ message }) => message)).toEqual(problems.map(({ message }) => message));
    expect(tried("an mlp.stretto", (plan) => plan).problems).toEqual([]);
  });

  test("tasks that wait for each other in every order are told of once", () => {
    const { problems } = tried("mlp.stretto", (plan) => {
      const { from, to } = edgesOf(plan.graph)[0]!;
      return withEdge(plan, to, from);
    });
    expect(problems.map(({ name }) => name)).toContain("run-failed");
    expect(problems[0]!.message).toMatch(/did not run: .*, block \d+, on rank \d waits for .*/);
  });

  test("options that others leave without a meaning", async () => {
    const refusals = {
      "option-of-device": ["--adversary", "2", "--device", "null"],
      "option-needs": ["--adversary-seed", "2"],
    };
    for (const [name, options] of Object.entries(refusals)) {
      const { code, errors } = await inFolder("run", "mlp.stretto", ...options);
      expect(code).toBe(2);
      expect(errors).toContain(name);
    }
    expect((await inFolder("run", "mlp.stretto", "--adversary", "2", "--repeat", "3")).code).toBe(2);
    expect((await inFolder("run", "mlp.stretto", "--adversary", "0")).code).toBe(2);
  });
});

/** Orders of schedule `overlapped` whose plan was changed. */
function tried(
  file: string,
  change: (plan: ExecutionPlan) => ExecutionPlan,
  seeds: { readonly adversary: number; readonly adversarySeed: number } = { adversary: 40, adversarySeed: 1 },
): ReturnType<typeof tryOrders> {
  const planned = plannedOf(program, "overlapped");
  const options = { ...seeds, verify: true, profile: "small", set: new Map([["tokens", "2 * 16"]]) };
  const tolerance = toleranceOf(program, planned.schedule);
  return tryOrders(
    file,
    { ...planned, plan: change(planned.plan) },
    referenceFor(program, planned.layer),
    tolerance,
    options,
  );
}

/** The first transfer that waits for something does not. */
function lackingAnEdge(plan: ExecutionPlan): ExecutionPlan {
  const { from, to } = edgesOf(plan.graph).find((edge) => plan.graph.kind[edge.to] === TaskKind.transfer)!;
  return withoutEdge(plan, from, to);
}
