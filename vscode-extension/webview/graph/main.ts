/** The page of a task graph: statements as boxes, below what they wait for. */
import type { TaskGraph } from "../../../lsp/protocol.js";
import type { FromGraph, ToGraph } from "../../src/graph-messages.js";
import { connect } from "../editor.js";
import { element } from "../svg.js";
import { placeNodes, type PlacedNode } from "./layers.js";

const box = { width: 150, height: 34, across: 24, down: 40 };
const margin = 16;

const send = connect<ToGraph, FromGraph>((message) => {
  if (message.type === "problem") document.body.replaceChildren(message.text);
  else document.body.replaceChildren(draw(message.graph));
});
send({ type: "ready" });

const left = ({ place }: PlacedNode): number => margin + place * (box.width + box.across);
const top = ({ layer }: PlacedNode): number => margin + layer * (box.height + box.down);

function draw(graph: TaskGraph): SVGSVGElement {
  const placed = placeNodes(graph);
  const byId = new Map(placed.map((each) => [each.node.id, each]));
  const svg = element("svg", {
    width: Math.max(0, ...placed.map(left)) + box.width + margin,
    height: Math.max(0, ...placed.map(top)) + box.height + margin,
    role: "img",
    "aria-label": `Task graph of ${graph.schedule}`,
  });
  for (const { from, to, why } of graph.edges) {
    const [a, b] = [byId.get(from), byId.get(to)];
    if (a === undefined || b === undefined || a === b) continue;
    const [x, y] = [left(a) + box.width / 2, top(a) + box.height];
    const [toX, toY] = [left(b) + box.width / 2, top(b)];
    const bend = (toY - y) / 2;
    const line = element("path", {
      class: `edge ${why}`,
      d: `M${x} ${y}C${x} ${y + bend} ${toX} ${toY - bend} ${toX} ${toY}`,
    });
    line.append(element("title", {}, `${b.node.name} waits for ${a.node.name}: ${why}`));
    svg.append(line);
  }
  for (const each of placed) svg.append(drawNode(each));
  return svg;
}

function drawNode(each: PlacedNode): SVGGElement {
  const { name, tasks, communicates, range } = each.node;
  const group = element("g", { class: communicates ? "node word" : "node", tabindex: 0, role: "button" });
  group.append(
    element("rect", { x: left(each), y: top(each), width: box.width, height: box.height, rx: 4 }),
    element("text", { x: left(each) + box.width / 2, y: top(each) + 15, "text-anchor": "middle" }, name),
    element(
      "text",
      { class: "tasks", x: left(each) + box.width / 2, y: top(each) + 28, "text-anchor": "middle" },
      `${tasks.toLocaleString("en")} tasks`,
    ),
  );
  const reveal = (): void => send({ type: "reveal", range });
  group.addEventListener("click", reveal);
  group.addEventListener("keydown", ({ key }) => {
    if (key === "Enter" || key === " ") reveal();
  });
  return group;
}
