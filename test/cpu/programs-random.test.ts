import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { verifyGraph } from "../../compiler/graph/verify-graph.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import { formatText } from "../../grammar/prettier-plugin.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { measure } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";
import { standardHost } from "../support/bind-text.js";
import { drawFrom, runsOf } from "../support/random-draw.js";
import { randomText } from "../../testing/arbitraries/texts.js";

// Whole programs as text, through the whole pipeline. What is legal runs within its bound; what is not is refused in words.

const pool = createNodePool();
afterAll(() => pool.close());

const check = (text: string) => checkFile("main.stretto", createMemoryHost({ "main.stretto": text }, standardHost));
const errorsOf = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.filter(({ severity }) => severity === "error").map(({ name, message }) => `${name}: ${message}`);

async function faultsOf(text: string, layerText: string): Promise<string[]> {
  const faults: string[] = [];
  const once = await formatText(text);
  if ((await formatText(once)) !== once) faults.push("formatting twice is not formatting once");

  const alone = check(layerText);
  if (alone.program === undefined) return ["the layer is refused", ...errorsOf(alone.diagnostics)];
  const { program, diagnostics } = check(once);
  if (program === undefined) {
    if (errorsOf(diagnostics).length === 0) faults.push("nothing to plan, and no error says why");
    return faults;
  }
  const schedule = program.schedules[0]!;
  const layer = program.layers[schedule.layer]!;
  const { planned, diagnostics: refusals } = planSchedule(program, schedule);
  if (planned === undefined) {
    if (errorsOf(refusals).length === 0) faults.push("not planned, and no error says why");
    // Slots may fill in an order that their readers do not take; nothing else that these verbs say can deadlock.
    if (refusals.some(({ name }) => name === "deadlock") && !text.includes("keep ")) faults.push(...errorsOf(refusals));
    return faults;
  }
  faults.push(...verifyGraph(planned.graph));
  const predicted = measure(planned.graph, program.machine, simulate(planned.graph, program.machine));
  if (predicted.bound_ns > predicted.makespan_ns * (1 + 1e-9))
    faults.push(`bound ${predicted.bound_ns} of ${predicted.bound_by} is above the makespan ${predicted.makespan_ns}`);
  if (!(predicted.hidden >= 0 && predicted.hidden <= 1)) faults.push(`${predicted.hidden} of communication is hidden`);
  const { mesh, tables, monoids } = program;
  const reference = prepareReference({ layer, mesh, tables, monoids });
  const result = await run(planned.plan, { device: "cpu", reference, pool, adverse: 5 });
  faults.push(...result.failures.map(({ kind, message }) => `${kind}: ${message}`));
  const bound = reassociationBound(layer, mesh, tables);
  const least = Math.min(...result.outputs.map(({ elements }) => elements.length));
  // What is a few numbers large may cancel, and then cannot be judged relative to the largest.
  if (least >= 16 && !(result.maxError! <= bound)) faults.push(`error ${result.maxError} is above ${bound}`);
  return faults;
}

test("what checks and plans computes its layer; what does not is refused with an error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (generate) => {
      const { text, layerText } = randomText(drawFrom(generate));
      const faults = await faultsOf(text, layerText).catch((error: Error) => [String(error.stack)]);
      if (faults.length > 0) expect.fail(`${faults.slice(0, 6).join("\n")}\n\n${text}`);
    }),
    { numRuns: runsOf(300) },
  );
});
