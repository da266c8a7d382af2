/** Values in memory tiers: which tiers there are, and that a value in one is copied to the rank's memory to be read. */
import type { Expr, Identifier } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { TypedValue } from "./axis-specs.js";
import type { CheckContext } from "./check-context.js";
import type { WordOperand, WordResult } from "./word-layouts.js";

/** Whether every rank of the mesh has a tier of that name; undefined, and reported, where not. */
export function isTier(
  name: Identifier,
  { file }: { readonly file: string },
  { bound, meshIndex, diagnostics }: CheckContext,
): true | undefined {
  const { mesh, machine } = bound.meshes[meshIndex] ?? {};
  // Reported with the mesh.
  if (!mesh || !machine) return undefined;
  const tiers = machine.tiers.filter(({ instanceOfRank }) => !instanceOfRank.subarray(0, mesh.rankCount).includes(-1));
  if (tiers.some((tier) => tier.name === name.text)) return true;
  const known = tiers.map((tier) => `\`${tier.name}\``).join(", ");
  const parts = { name: name.text, machine: machine.name, known: known === "" ? "it has none" : `there are ${known}` };
  diagnostics.report("unknown-tier", { file, span: name.span }, parts);
  return undefined;
}

/** Reports a value that is read where it lies, in a tier. */
export function isInMemory(type: TypedValue, expression: Expr, file: string, context: CheckContext): boolean {
  if (type.tier === undefined) return true;
  const place = locate(file, expression);
  const edits = [
    { location: { file, span: { start: expression.span.start, end: expression.span.start } }, newText: "load(" },
    { location: { file, span: { start: expression.span.end, end: expression.span.end } }, newText: ")" },
  ];
  const fixes = [{ title: "copy it to the rank's memory with `load`", edits }];
  context.diagnostics.report("value-in-tier", place, { tier: type.tier }, { fixes });
  return false;
}

/** Each rank copies what it has of the value to its own memory. */
export function load(operand: WordOperand, tier: string): WordResult {
  const { axes, pending, at } = operand;
  return { change: { word: "load", meshAxes: [], tier }, result: { axes, pending, at } };
}

/** Each rank copies what it has of the value to its tier. */
export function store(operand: WordOperand, tier: string): WordResult {
  const { axes, pending, at } = operand;
  return { change: { word: "store", meshAxes: [], tier }, result: { axes, pending, at, tier } };
}
