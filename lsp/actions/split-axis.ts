/** `split tokens within ep into 2`: halves that overlap each other, in a schedule that has none. */
import type { AxisIR } from "../../compiler/check/ir.js";
import { meshAxisName } from "../../compiler/check/type-text.js";
import { refuse, type Refactoring, type Scene } from "./action.js";
import { scheduleAt, withVerb, type KnownSchedule } from "./schedule-scene.js";

/** More would be a list to search in. */
const mostOffers = 4;

export const splitAxis: Refactoring = {
  id: "split-axis",
  kind: "refactor.rewrite",
  offers(scene) {
    const schedule = scheduleAt(scene);
    if (!schedule) return [];
    return verbsFor(schedule, scene).map(({ verb, title }) => ({ title, argument: verb }));
  },
  async propose(verb, scene) {
    const schedule = scheduleAt(scene);
    if (!schedule) return refuse("There is no schedule here.");
    return withVerb(schedule, verb, "first", scene);
  },
};

/** Axes of the layer's outputs and inputs that are not split already: what ranks have a part of by that part. */
function verbsFor({ node, layer: { ir } }: KnownSchedule, { analysis }: Scene) {
  const mesh = analysis.bound?.meshes[ir.mesh]?.mesh;
  if (!mesh) return [];
  const split = new Set(node.verbs.flatMap((verb) => (verb.kind === "SplitVerb" ? [verb.axis.text] : [])));
  const axes = [...ir.outputs, ...ir.inputs].flatMap((id) => ir.values[id]!.axes);
  const found = new Map<string, { readonly verb: string; readonly title: string }>();
  for (const axis of axes) {
    if (split.has(axis.name) || axis.table !== undefined || axis.size < 2 || !isName(axis)) continue;
    const within = axis.cuts.map(({ meshAxis }) => meshAxisName(mesh, meshAxis)).at(-1);
    const ranks = within === undefined ? "" : ` within \`${within}\``;
    const known = found.get(axis.name);
    if (known && (within === undefined || known.verb.includes(" within "))) continue;
    found.set(axis.name, {
      verb: `split ${axis.name}${within === undefined ? "" : ` within ${within}`} into 2`,
      title: `Split \`${axis.name}\`${ranks} into 2 parts`,
    });
  }
  return [...found.values()].slice(0, mostOffers);
}

function isName({ name }: AxisIR): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}
