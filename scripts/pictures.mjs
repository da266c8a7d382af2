// npm run pictures: draws the timelines of the examples into docs/pictures/, a baseline above the system's own schedule.
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Of an example at full size: the picture's name, and its schedules from top to bottom. */
const pictures = [
  { name: "comet", example: "comet", schedules: ["barrier", "comet"] },
  { name: "comet-tp", example: "comet", schedules: ["tp_barrier", "tp_comet"] },
  { name: "t3", example: "t3", schedules: ["barrier", "t3"] },
  { name: "flux-gather", example: "flux", schedules: ["ag_barrier", "ag_flux"] },
  { name: "flux-scatter", example: "flux", schedules: ["rs_barrier", "rs_flux"] },
];

/** Ranks drawn of each: the first, and the slowest, which may be the first. */
const ranks = 2;

/**
 * Pictures by path from the root.
 * @param {import("./pictures.mjs").Drawing} drawing
 * @returns {Map<string, string>}
 */
export function drawPictures({ checkFile, planSchedule, createNodeHost, simulate, measure, renderSvg }) {
  const drawn = new Map();
  for (const { name, example, schedules } of pictures) {
    const path = resolve(root, `examples/${example}.stretto`);
    const { program } = checkFile(path, createNodeHost(path));
    const entries = schedules.map((title) => {
      const { planned } = planSchedule(
        program,
        program.schedules.find((schedule) => schedule.name === title),
      );
      const timeline = simulate(planned.graph, program.machine);
      return { title, graph: planned.graph, timeline, result: measure(planned.graph, program.machine, timeline) };
    });
    drawn.set(`docs/pictures/${name}.svg`, renderSvg(entries, { ranks }));
  }
  return drawn;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { checkFile, planSchedule } = await import("../dist/compiler/program.js");
  const { createNodeHost } = await import("../dist/compiler/bind/node-host.js");
  const { simulate } = await import("../dist/simulator/simulate.js");
  const { measure } = await import("../dist/simulator/measure.js");
  const { renderSvg } = await import("../dist/simulator/render-svg.js");
  mkdirSync(resolve(root, "docs/pictures"), { recursive: true });
  const drawn = drawPictures({ checkFile, planSchedule, createNodeHost, simulate, measure, renderSvg });
  for (const [path, svg] of drawn) writeFileSync(resolve(root, path), svg);
}
