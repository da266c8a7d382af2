import { beforeAll, describe, expect, test } from "vitest";
import { drawPictures, examplePages, picturesOf } from "../../scripts/pictures.mjs";
import type { CheckedProgram, ScheduleIR } from "../../compiler/check/ir.js";
import { renderSvg } from "../../simulator/render-svg.js";
import { exampleNames, examplePath, exampleProgram } from "../support/examples.js";
import { projectFiles, readProjectFile } from "../support/project.js";
import { rememberingPipeline } from "../support/remembering-pipeline.js";

test("every example has a page, and every page an example and its line in the index", () => {
  const pages = examplePages();
  expect(pages.map(({ example }) => example).toSorted()).toEqual(exampleNames.toSorted());
  const index = readProjectFile("docs/systems/README.md");
  for (const { example } of pages) expect(index).toContain(`](${example}.md)`);
});

test("every drawn picture is of a page", () => {
  const committed = projectFiles().filter((path) => /^docs\/pictures\/.*\.svg$/.test(path));
  const shown = examplePages().flatMap(({ page }) => [...picturesOf(page).keys()]);
  expect(committed.toSorted()).toEqual(shown.toSorted());
});

/** Of one example at a time: some are large. */
let pipeline = rememberingPipeline();

describe.each(examplePages())("$example", ({ example, page }) => {
  beforeAll(() => void (pipeline = rememberingPipeline()));

  test("every schedule of it ends, and not before its bound", () => {
    const { checkFile, createNodeHost, planSchedule, simulate, measure } = pipeline;
    const path = examplePath(example);
    const { program, diagnostics } = checkFile(path, createNodeHost(path), { set: new Map() });
    expect(diagnostics).toEqual([]);
    expect(program!.schedules.length).toBeGreaterThan(1);
    for (const schedule of program!.schedules) {
      const { planned, diagnostics: problems } = planSchedule(program!, schedule);
      expect(problems).toEqual([]);
      const timeline = simulate(planned!.graph, program!.machine);
      expect(timeline.stuck).toEqual([]);
      const { bound_ns, makespan_ns } = measure(planned!.graph, program!.machine, timeline);
      expect(bound_ns, schedule.name).toBeGreaterThan(0);
      expect(bound_ns, schedule.name).toBeLessThanOrEqual(makespan_ns * (1 + 1e-9));
    }
  });

  test("its page names its file, shows a system below what came before, says what was reported and what is predicted", () => {
    const text = readProjectFile(page);
    expect(text).toContain(`](../../examples/${example}.stretto)`);
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual(
      expect.arrayContaining(["Reported", "Predicted", "Why they differ"]),
    );
    expect(text).toContain(`$ stretto simulate examples/${example}.stretto`);
    const pictures = [...picturesOf(page).values()];
    expect(pictures.length).toBeGreaterThan(0);
    for (const drawn of pictures) expect(drawn.length).toBeGreaterThan(1);
  });

  test("its pictures are what `npm run pictures` draws, and small", () => {
    for (const [path, svg] of drawPictures({ example, page }, { ...pipeline, renderSvg })) {
      expect(readProjectFile(path) === svg, path).toBe(true);
      expect(svg.length, path).toBeLessThan(40_000);
    }
  });

  test("claims the same result of every schedule but baselines, and how much is moved, sent or held", () => {
    const program = exampleProgram(example);
    const claims = program.checks.flatMap((check) => check.claims);
    const compared = claims.flatMap((claim) =>
      claim.claim === "faster than" ? [program.schedules[claim.schedule]] : [],
    );
    for (const schedule of program.schedules) {
      if (schedule.verbs.length === 0 || compared.includes(schedule)) continue;
      const own = claimsAbout(program, schedule).map(({ claim }) => claim);
      expect(own, schedule.name).toContain("same result");
    }
    const quantities = ["bytes moved", "messages", "rounds", "memory"];
    expect(claims.filter(({ claim }) => quantities.includes(claim))).not.toEqual([]);
  });
});

function claimsAbout(program: CheckedProgram, schedule: ScheduleIR) {
  const index = program.schedules.indexOf(schedule);
  return program.checks
    .filter(({ subject }) => subject.kind === "schedule" && subject.index === index)
    .flatMap(({ claims }) => claims);
}
