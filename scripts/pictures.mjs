// npm run pictures: draws the timelines that the pages of docs/systems/ show into docs/pictures/. A page's image says
// what is drawn: ![barrier above comet --set ranks=4](../pictures/comet.svg) is of these schedules of the example that
// the page is named after, from top to bottom, at full size but for what `--set` and `--machine` say.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = "docs/systems";

/** Ranks drawn of each: the first, and the slowest, which may be the first. */
const ranks = 2;

export function examplePages() {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md") && name !== "README.md")
    .toSorted()
    .map((name) => ({ example: basename(name, ".md"), page: `${folder}/${name}` }));
}

export function picturesOf(page) {
  const text = readFileSync(join(root, page), "utf8");
  const images = [...text.matchAll(/^!\[([^\]]*)\]\(([^)\s]+)\)$/gm)];
  return new Map(
    images.map(([, says, path]) => [posix.join(dirname(page), path), says.split(" above ").map(drawnSchedule)]),
  );
}

function drawnSchedule(title) {
  const [schedule, ...options] = title.split(" ");
  const set = new Map();
  let machine;
  for (let at = 0; at < options.length; at += 2) {
    const [option, value = ""] = options.slice(at, at + 2);
    if (option === "--machine") machine = value;
    else if (option === "--set" && value.includes("=")) set.set(...value.split("=", 2));
    else throw new Error(`${title}: what is ${option}?`);
  }
  return { title, schedule, set, ...(machine !== undefined && { machine }) };
}

export function drawPictures({ example, page }, drawing) {
  const pictures = [...picturesOf(page)];
  return new Map(
    pictures.map(([path, drawn]) => {
      const entries = drawn.map((one) => timelineOf(`examples/${example}.stretto`, one, drawing));
      return [path, drawing.renderSvg(entries, { ranks })];
    }),
  );
}

function timelineOf(
  file,
  { title, schedule, ...options },
  { checkFile, planSchedule, createNodeHost, simulate, measure },
) {
  const path = resolve(root, file);
  const { program, diagnostics } = checkFile(path, createNodeHost(path), options);
  const found = program?.schedules.find(({ name }) => name === schedule);
  if (found === undefined) throw new Error(`${file}: no ${schedule}. ${diagnostics[0]?.message ?? ""}`);
  const { planned } = planSchedule(program, found);
  const timeline = simulate(planned.graph, program.machine);
  return { title, graph: planned.graph, timeline, result: measure(planned.graph, program.machine, timeline) };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { checkFile, planSchedule } = await import("../dist/compiler/program.js");
  const { createNodeHost } = await import("../dist/compiler/bind/node-host.js");
  const { simulate } = await import("../dist/simulator/simulate.js");
  const { measure } = await import("../dist/simulator/measure.js");
  const { renderSvg } = await import("../dist/simulator/render-svg.js");
  const drawing = { checkFile, planSchedule, createNodeHost, simulate, measure, renderSvg };
  mkdirSync(resolve(root, "docs/pictures"), { recursive: true });
  for (const place of examplePages()) {
    for (const [path, svg] of drawPictures(place, drawing)) writeFileSync(resolve(root, path), svg);
  }
}
