/** Changes of a program that leave its layers as they are: other sizes, meshes, machines and verbs. Most still check. */
import { endOf, token } from "../../../grammar/lexer.js";
import type { Draw } from "../random-draw.js";
import { childrenOf, type Spanned } from "../tree-invariants.js";
import { allBelow, mutate, oneOf, over, swapped, writtenIn, type Change, type Edit, type Place } from "./edits.js";
import { randomVerb } from "./some-verb.js";

/** One to `most` changes; what is taken from elsewhere is of `other`. */
export function mutateSchedules(draw: Draw, text: string, other: string, most = 4): string {
  return mutate(draw, text, other, most, changes);
}

const changes: readonly Change[] = [
  ...[verb, verb, verb, setting, setting, machineNumber, verbGone, verbDoubled, verbsExchanged, verbExpression],
];

/** A size of a param, a profile or a mesh, by what sizes are. */
function setting(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, (kind) => /^(ParamDecl|ProfileDecl|MeshDecl|TableDecl|AxisDecl)$/.test(kind));
  return node && numberIn(place, node, [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 33]);
}

function machineNumber(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, (kind) => kind === "MachineDecl");
  return node && numberIn(place, node, [0, 1, 2, 3, 8, 0.5, 1e-6, 1e6, 1e12]);
}

function numberIn({ draw, tokens }: Place, { span }: Spanned, numbers: readonly number[]): Edit[] | undefined {
  const within = tokens.filter(
    (found) => found.tokenType === token.Number && span.start <= found.startOffset && endOf(found) <= span.end,
  );
  return within.length === 0 ? undefined : over(draw.pick(within), String(draw.pick(numbers)));
}

const isVerb = (kind: string): boolean => kind.endsWith("Verb") || kind === "Grain";

function verbGone(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, isVerb);
  return node && [{ ...node.span, text: "" }];
}

function verbDoubled(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, isVerb);
  const into = oneOf(place, isVerb);
  return node && into && [{ start: into.span.end, end: into.span.end, text: `\n${writtenIn(place, node)}\n` }];
}

/** Between schedules too. */
function verbsExchanged(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, isVerb);
  const other = node && oneOf(place, isVerb);
  return node && other && swapped(place, node, other);
}

/** A path, a name or a number of a verb is another one of a verb. */
function verbExpression(place: Place): readonly Edit[] | undefined {
  const inside = place.nodes.filter(({ kind }) => isVerb(kind)).flatMap(allBelow);
  const parts = inside.filter(({ kind }) => /^(Path|NumberLiteral|NameExpr|Identifier)$/.test(kind));
  if (parts.length === 0) return undefined;
  const node = place.draw.pick(parts);
  const other = place.draw.pick(parts.filter(({ kind }) => kind === node.kind));
  return [{ ...node.span, text: writtenIn(place, other) }];
}

/** One more in a schedule, mostly about what its layer has. */
export function verb(place: Place): readonly Edit[] | undefined {
  const { draw, text, nodes } = place;
  const schedule = oneOf(place, (kind) => kind === "ScheduleDecl");
  if (schedule === undefined) return undefined;
  const name = writtenIn(place, childrenOf(schedule).find(({ kind }) => kind === "Path") ?? schedule);
  const layers = nodes.filter(({ kind }) => kind === "LayerDecl");
  const layer = layers.find((node) => writtenIn(place, childrenOf(node)[0]!) === name) ?? layers[0];
  const inside = layer === undefined || draw.oneIn(10) ? nodes : allBelow(layer);
  const written = (kinds: RegExp): string[] =>
    inside.filter(({ kind }) => kinds.test(kind)).map((node) => writtenIn(place, node));
  const names = {
    // Of a parameter or result, the name stands before its type.
    values: [...written(/^(LetTarget|Parameter)$/).map((target) => target.split(":")[0]!), "out"],
    axes: [...written(/^AxisSpec$/).map((axis) => axis.split(/[/:]/)[0]!), "tokens"],
    meshes: nodes.filter(({ kind }) => kind === "MeshAxis").map((node) => writtenIn(place, node).split(":")[0]!),
  };
  const { end } = schedule.span;
  const said = randomVerb(draw, names);
  const closed = text[end - 1] === "}";
  const at = closed ? end - 1 : end;
  return [{ start: at, end: at, text: closed ? `${said}\n` : ` { ${said} }` }];
}
