import type { MemberExpr, MeshDecl, Path } from "../../grammar/ast.js";
import type { MeshModel } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { MachineModel } from "../machine/model.js";
import { locate } from "./bound-program.js";
import type { MachineContext } from "./machine/context.js";
import { membersNamed } from "./machine/members.js";
import { onRanks } from "./machine/on-ranks.js";
import type { MachinePart, MachineShape } from "./machine/shape.js";
import { plain } from "./quantity.js";
import type { Quantity } from "./quantity.js";
import { expectSize, expectWhole, largestSize } from "./sizes.js";
import type { Values } from "./values.js";

/** A mesh and its machine, the ranks of which are the mesh's positions; either is absent where it has an error. */
export interface PlacedMesh {
  readonly mesh?: MeshModel;
  readonly machine?: MachineModel;
}

/** Where a mesh lies: ranks of its machine in order, and what it calls the parts of. */
export interface MeshPlace {
  readonly ranks: Int32Array;
  readonly parts: readonly MachinePart[];
}

export function wholeOf(shape: MachineShape): MeshPlace {
  return { ranks: Int32Array.from({ length: shape.rankCount }, (_, rank) => rank), parts: shape.parts };
}

/** `cluster` is all of it, `cluster.node[2]` one node, `cluster.node.gpu[0]` the first rank of each. */
export function partNamed(path: Path, shape: MachineShape, context: MachineContext): MeshPlace | undefined {
  const segments = path.segments.slice(1);
  if (segments.length === 0) return wholeOf(shape);
  const members = membersNamed({ ...path, segments }, shape.parts, context);
  if (!members) return undefined;
  const ranks = members.flatMap(({ first, size }) => Array.from({ length: size }, (_, place) => first + place));
  let { parts } = shape;
  for (const segment of segments) {
    const part = parts.find((one) => one.name === segment.name.text)!;
    parts = part.kind === "level" ? part.shape.parts : [];
  }
  return { ranks: Int32Array.from(ranks), parts };
}

/** The mesh that a declaration lays over the first ranks of its place, or over those that it says. */
export function placeMesh(
  node: MeshDecl,
  file: string,
  machine: MachineModel,
  place: MeshPlace,
  values: Values,
  diagnostics: DiagnosticCollector,
): PlacedMesh {
  const whole = onRanks(machine, place.ranks);
  const mesh = makeMesh(node, file, whole, place, values, diagnostics);
  const ranks = mesh && node.ranks ? ranksByPosition(node, file, mesh, whole, values, diagnostics) : undefined;
  if (!mesh || (node.ranks && !ranks)) return { machine: whole };
  return { mesh, machine: ranks ? onRanks(whole, ranks) : whole };
}

function makeMesh(
  node: MeshDecl,
  file: string,
  machine: MachineModel,
  place: MeshPlace,
  values: Values,
  diagnostics: DiagnosticCollector,
): MeshModel | undefined {
  const axes: { name: string; size: number }[] = [];
  const seen = new Set<string>();
  let complete = true;
  for (const axis of node.axes) {
    if (seen.has(axis.name.text)) {
      diagnostics.report("duplicate-setting", locate(file, axis.name), { name: axis.name.text });
      complete = false;
      continue;
    }
    seen.add(axis.name.text);
    const quantity = values.evaluate(axis.size, file, undefined, {
      valueOfMember: (member) => countOf(member, place.parts),
    });
    const what = `The size of \`${axis.name.text}\``;
    const size = quantity && expectSize(quantity, { diagnostics, file, expression: axis.size, what });
    if (size === undefined) complete = false;
    else axes.push({ name: axis.name.text, size });
  }
  if (!complete) return undefined;
  const ranks = axes.reduce((product, axis) => product * axis.size, 1);
  if (ranks > machine.rankCount) {
    const parts = { ranks, machine: machine.name, available: machine.rankCount };
    diagnostics.report("mesh-too-large", locate(file, node), parts);
    return undefined;
  }
  return { name: node.name?.text ?? machine.name, axes, rankCount: ranks, location: locate(file, node) };
}

/** The rank at each position, which `at rank` says; undefined where it says none, or one twice, which is reported. */
function ranksByPosition(
  node: MeshDecl,
  file: string,
  mesh: MeshModel,
  machine: MachineModel,
  values: Values,
  diagnostics: DiagnosticCollector,
): Int32Array | undefined {
  const expression = node.ranks!;
  const ranks = new Int32Array(mesh.rankCount);
  const positionOf = new Map<number, number>();
  for (let position = 0; position < mesh.rankCount; position += 1) {
    const coordinates = coordinatesText(mesh, position);
    const what = `The rank at ${coordinates.text}`;
    const quantity = values.evaluate(expression, file, coordinates.values);
    const rank = quantity && expectWhole(quantity, 0, largestSize, { diagnostics, file, expression, what });
    if (rank === undefined) return undefined;
    const earlier = positionOf.get(rank);
    if (rank >= machine.rankCount) {
      const parts = { what, expected: `at most ${machine.rankCount - 1}`, value: rank };
      diagnostics.report("value-out-of-range", locate(file, expression), parts);
      return undefined;
    }
    if (earlier !== undefined) {
      const parts = { first: coordinatesText(mesh, earlier).text, second: coordinates.text, rank };
      diagnostics.report("mesh-rank-twice", locate(file, expression), parts);
      return undefined;
    }
    positionOf.set(rank, position);
    ranks[position] = rank;
  }
  return ranks;
}

function coordinatesText(mesh: MeshModel, position: number): { text: string; values: ReadonlyMap<string, Quantity> } {
  const values = new Map<string, Quantity>();
  const texts: string[] = [];
  let rest = position;
  for (const { name, size } of [...mesh.axes].reverse()) {
    values.set(name, { value: rest % size, dimension: plain });
    texts.unshift(`${name} = ${rest % size}`);
    rest = Math.floor(rest / size);
  }
  return { text: texts.join(", "), values };
}

/** `gpu.count`: how many ranks of a kind, `node.count`: instances of a level, `node.gpu.count`: ranks in each. */
function countOf(member: MemberExpr, parts: readonly MachinePart[]): Quantity | "unknown" {
  if (member.member.text !== "count") return "unknown";
  const names: string[] = [];
  let object = member.object;
  while (object.kind === "MemberExpr") {
    names.unshift(object.member.text);
    object = object.object;
  }
  if (object.kind !== "NameExpr") return "unknown";
  let inner = parts;
  let found: MachinePart | undefined;
  for (const name of [object.name.text, ...names]) {
    found = inner.find((one) => one.name === name);
    inner = found?.kind === "level" ? found.shape.parts : [];
  }
  return found ? { value: found.count, dimension: plain } : "unknown";
}
