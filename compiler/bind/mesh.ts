import type { MachineDecl, MemberExpr, MeshDecl } from "../../grammar/ast.js";
import type { MeshModel } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { MachineModel } from "../machine/model.js";
import { locate } from "./bound-program.js";
import { plain } from "./quantity.js";
import type { Quantity } from "./quantity.js";
import { expectSize } from "./sizes.js";
import type { Values } from "./values.js";

/** The mesh that a declaration lays over the first ranks of a machine; undefined where it does not fit. */
export function makeMesh(
  node: MeshDecl,
  file: string,
  machine: MachineModel,
  declaration: MachineDecl,
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
    const quantity = values.evaluate(axis.size, file, undefined, (member) => rankCountOf(member, machine, declaration));
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

/** `gpu.count`: how many ranks of a kind the machine has. */
function rankCountOf(member: MemberExpr, machine: MachineModel, declaration: MachineDecl): Quantity | "unknown" {
  if (member.member.text !== "count" || member.object.kind !== "NameExpr") return "unknown";
  const name = member.object.name.text;
  const kind = declaration.items
    .filter((item) => item.kind === "RankDecl")
    .findIndex((item) => item.name.text === name);
  if (kind < 0) return "unknown";
  return { value: machine.kindOfRank.filter((index) => index === kind).length, dimension: plain };
}
