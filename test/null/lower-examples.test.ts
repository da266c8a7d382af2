import { describe, expect, test } from "vitest";
import { faultsOf } from "../support/dependency-oracle.js";
import { exampleText, plannedText } from "../support/plan-text.js";
import { seededDraw } from "../support/random-draw.js";

/** Sizes small enough to enumerate, and dividing nothing evenly. */
const sizes: Record<string, Record<string, string>> = {
  comet: { tokens: "11", hidden: "5", ffn: "7", cols: "2", edge: "2" },
  t3: { tokens: "11", hidden: "5", ffn: "7", edge: "2" },
  flux: { tokens: "11", hidden: "5", ffn: "7" },
};
const routings = ["zipf(1.1) seed 3", "uniform seed 3", "one(0)", "without(1) seed 3"];

describe.each(Object.entries(sizes))("%s", (name, set) => {
  const text = exampleText(name);
  const schedules = [...text.matchAll(/^schedule (\w+) of/gm)].map((match) => match[1]!);
  test.each(schedules)("%s has exact dependencies on 1 to 4 ranks, whatever the routing", (schedule) => {
    for (const ranks of [1, 2, 3, 4])
      for (const gate of name === "comet" ? routings : [undefined]) {
        const settings = new Map(Object.entries({ ...set, ranks: String(ranks) }));
        if (gate !== undefined) settings.set("gate", gate);
        const { program, planned } = plannedText(text, schedule, { profile: "small", set: settings });
        const draw = seededDraw(ranks);
        expect(faultsOf(planned.plan, planned.layer, program.mesh, draw), `${ranks} ranks, ${gate}`).toEqual([]);
      }
  });
});
