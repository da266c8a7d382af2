/**
 * Changes of a program that mean something: other sizes, names, units, dtypes and layouts, words and collectives that are
 * taken for each other, statements and verbs that are gone, doubled or moved, expressions that stand elsewhere. Most
 * results still read, and many still check.
 */
import { dtypeNames } from "../../../grammar/dtypes.js";
import { endOf, token, type SourceToken } from "../../../grammar/lexer.js";
import { parse } from "../../../grammar/parser.js";
import { units } from "../../../grammar/units.js";
import type { Draw } from "../random-draw.js";
import { allBelow, mutate, oneOf, over, swapped, type Change, type Edit, type Place } from "./edits.js";
import { verb } from "./mutate-schedules.js";

/** One to `most` changes; what is taken from elsewhere is of `other`. */
export function mutateMeaning(draw: Draw, text: string, other: string, most = 3): string {
  return mutate(draw, text, other, most, changes);
}

const changes: readonly Change[] = [
  ...[number, number, number, unit, nameHere, nameHere, nameThroughout, word, word, dtype, cut],
  ...[gone, gone, doubled, exchanged, expression, expression, fromOther, verb, verb, parameterGone],
];

const oddNumbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 31, 64, 100, 1000, 0.5, 1e-3, 1e9, 2 ** 53, 1e30];

function number({ draw, tokens }: Place): readonly Edit[] | undefined {
  const numbers = tokens.filter((found) => found.tokenType === token.Number);
  if (numbers.length === 0) return undefined;
  const found = draw.pick(numbers);
  const value = Number(found.image.replaceAll("_", ""));
  const near = [value + 1, Math.max(0, value - 1), value * 2, Math.floor(value / 2), value * 3];
  return over(found, String(draw.oneIn(2) ? draw.pick(near) : draw.pick(oddNumbers)));
}

function unit({ draw, tokens }: Place): readonly Edit[] | undefined {
  const { name } = draw.pick(units);
  const written = tokens.filter((found) => found.tokenType === token.Unit);
  if (written.length > 0 && !draw.oneIn(4)) return over(draw.pick(written), draw.oneIn(6) ? "" : name);
  const bare = tokens.filter((found, i) => found.tokenType === token.Number && tokens[i + 1]?.tokenType !== token.Unit);
  if (bare.length === 0) return undefined;
  const at = endOf(draw.pick(bare));
  return [{ start: at, end: at, text: ` ${name}` }];
}

const isName = (found: SourceToken): boolean => /^[A-Za-z_]\w*$/.test(found.image) && found.tokenType !== token.Unit;

function nameHere({ draw, tokens }: Place): readonly Edit[] | undefined {
  const names = tokens.filter(({ tokenType }) => tokenType === token.Identifier);
  return names.length < 2 ? undefined : over(draw.pick(names), draw.pick(names).image);
}

function nameThroughout({ draw, tokens }: Place): readonly Edit[] | undefined {
  const names = tokens.filter(({ tokenType }) => tokenType === token.Identifier);
  if (names.length === 0) return undefined;
  const { image } = draw.pick(names);
  const other = draw.pick([draw.pick(names).image, "fresh", "rank", "sum", "tile", "constructor", "__proto__"]);
  return tokens.filter((found) => isName(found) && found.image === image).flatMap((found) => over(found, other));
}

/** Of one kind, so that one is mostly read where another was. */
const kin: readonly (readonly string[])[] = [
  [
    ...["all_gather", "reduce_scatter", "all_reduce", "all_to_all", "broadcast", "reduce", "send", "shift", "scan"],
    ...["reshard", "shard", "spread", "partials", "fan", "load", "store", "dispatch", "combine", "take"],
  ],
  [
    ...["ring", "direct", "tree_rings", "one_shot", "two_shot", "hierarchical", "bidirectional_ring", "star", "tree"],
    ...["recursive_doubling", "recursive_halving", "bruck", "all_scan"],
  ],
  ["sum", "max", "min", "lse", "prod", "mean", "gated"],
  ["matmul", "add", "mul", "gelu", "relu", "silu", "softmax", "rmsnorm", "scale", "grouped_matmul", "attend"],
  ["copy", "nic", "sms", "memory", "stores"],
  ["rows", "tile", "shard", "bucket"],
  ["uniform", "zipf", "one", "without", "balanced", "project", "all"],
  ["laptop", "h100_node", "h800_node", "a100_node", "l20_node"],
  ["switch", "ring", "mesh", "torus", "full"],
  ["<", "<=", "==", "!=", ">", ">="],
  ["+", "-", "*", "/", "%"],
  ["..", "..<"],
  ["and", "or"],
];

function word({ draw, tokens }: Place): readonly Edit[] | undefined {
  const known = tokens.filter(({ image }) => kin.some((words) => words.includes(image)));
  if (known.length === 0) return undefined;
  const found = draw.pick(known);
  return over(found, draw.pick(draw.pick(kin.filter((words) => words.includes(found.image)))));
}

function dtype({ draw, tokens }: Place): readonly Edit[] | undefined {
  const written = tokens.filter(({ image }) => dtypeNames.has(image));
  return written.length === 0 ? undefined : over(draw.pick(written), draw.pick([...dtypeNames, "T", "f33"]));
}

/** Along another mesh axis, along one more, or along none. */
function cut({ draw, text, nodes }: Place): readonly Edit[] | undefined {
  const meshes = nodes.filter(({ kind }) => kind === "MeshAxis").map(({ span }) => text.slice(span.start, span.end));
  const name = meshes.length === 0 ? "tp" : draw.pick(meshes).split(":")[0]!;
  const cuts = nodes.filter(({ kind }) => kind === "AxisCut");
  const axes = nodes.filter(({ kind }) => kind === "AxisSpec");
  if (cuts.length > 0 && draw.oneIn(2)) {
    const { span } = draw.pick(cuts);
    const slash = text.lastIndexOf("/", span.start);
    return draw.oneIn(2) ? [{ ...span, text: name }] : [{ start: slash, end: span.end, text: "" }];
  }
  if (axes.length === 0) return undefined;
  const { end } = draw.pick(axes).span;
  return [{ start: end, end, text: `/${name}${draw.oneIn(5) ? draw.pick([" by to", " by from", " by part"]) : ""}` }];
}

const standsAlone = (kind: string): boolean =>
  /(Statement|Verb|Claim|Decl|Property|Equation|Loop|Block|Rule)$/.test(kind);

function gone(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, standsAlone);
  return node && [{ ...node.span, text: "" }];
}

function doubled(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, standsAlone);
  if (node === undefined) return undefined;
  const { start, end } = node.span;
  return [{ start: end, end, text: `\n${place.text.slice(start, end)}\n` }];
}

/** Two of one kind change places. */
function exchanged(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, standsAlone);
  const other = node && oneOf(place, (kind) => kind === node.kind);
  return node && other && swapped(place, node, other);
}

const isExpression = (kind: string): boolean => /(Expr|Literal)$/.test(kind);

/** One stands where another was. */
function expression(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, isExpression);
  const other = node && oneOf(place, isExpression);
  return node && other && [{ ...node.span, text: place.text.slice(other.span.start, other.span.end) }];
}

/** A declaration, statement, verb or expression of another program stands where one of its kind was. */
function fromOther(place: Place): readonly Edit[] | undefined {
  const theirs = allBelow(parse(place.other).tree);
  const node = oneOf(place, (kind) => standsAlone(kind) || isExpression(kind));
  const fitting = theirs.filter(({ kind }) => kind === node?.kind);
  if (node === undefined || fitting.length === 0) return undefined;
  const { span } = place.draw.pick(fitting);
  return [{ ...node.span, text: place.other.slice(span.start, span.end) }];
}

/** A parameter, argument or axis goes, with the comma that follows it. */
function parameterGone(place: Place): readonly Edit[] | undefined {
  const node = oneOf(place, (kind) => /^(Parameter|AxisSpec|MeshAxis|Assignment|NameExpr|ImportName|Path)$/.test(kind));
  if (node === undefined) return undefined;
  const comma = /^\s*,\s*/.exec(place.text.slice(node.span.end));
  return [{ start: node.span.start, end: node.span.end + (comma?.[0].length ?? 0), text: "" }];
}
