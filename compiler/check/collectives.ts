/** Collectives by the word whose change of layout their signature states. */
import type { AxisSpec, CollectiveDecl, TensorType } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { BoundFile } from "../bind/bound-program.js";
import type { CheckContext } from "./check-context.js";
import type { CollectiveIR, Word } from "./ir.js";

/** All of the file that was given first, then of those it imports, the prelude's last. */
export function checkCollectives(context: CheckContext): CollectiveIR[] {
  const { bound } = context;
  const files = [...bound.files.values()];
  const own = files.filter((file) => file.path === bound.entry);
  const rest = files.filter((file) => file.path !== bound.entry);
  const ordered = [...own, ...rest.filter((file) => !file.isStandard), ...rest.filter((file) => file.isStandard)];
  return ordered.flatMap((file) => collectivesOf(file, context));
}

function collectivesOf(file: BoundFile, context: CheckContext): CollectiveIR[] {
  return file.definitions.flatMap((definition) => {
    // Reported by bind.
    if (definition.kind !== "collective" || definition.node.equation) return [];
    const { node, name } = definition;
    const word = wordOf(node);
    if (!word) {
      context.diagnostics.report("collective-signature", locate(file.path, node.inputType), {});
      return [];
    }
    const input = node.input.text;
    return [
      {
        ...{ name, word, input, output: node.output?.text ?? input },
        ...{ over: node.over.text, body: node.body, location: { file: file.path, span: definition.span } },
      },
    ];
  });
}

interface Shape {
  /** Names of the axes, and which of them `over` divides. */
  readonly axes: readonly string[];
  readonly divided: readonly number[];
  readonly isPending: boolean;
}

function wordOf({ inputType, outputType, over }: CollectiveDecl): Word | undefined {
  const before = shapeOf(inputType, over.text);
  const after = shapeOf(outputType, over.text);
  if (!before || !after || after.isPending || before.axes.join() !== after.axes.join()) return undefined;
  const [from] = before.divided;
  const [to] = after.divided;
  if (before.divided.length > 1 || after.divided.length > 1) return undefined;
  if (before.isPending) return from !== undefined ? undefined : to === undefined ? "all_reduce" : "reduce_scatter";
  if (from === undefined) return undefined;
  if (to === undefined) return "all_gather";
  return from === to ? undefined : "all_to_all";
}

function shapeOf(type: TensorType, over: string): Shape | undefined {
  const specs = type.axes.filter((axis): axis is AxisSpec => axis.kind === "AxisSpec");
  const names = specs.map((spec) => (spec.size.kind === "NameExpr" ? spec.size.name.text : undefined));
  const foreign = specs.some((spec) => spec.cuts.some((cut) => cut.mesh.text !== over || cut.by));
  const isPending = type.pending.some((spec) => spec.over.some((axis) => axis.text === over));
  if (specs.length !== type.axes.length || foreign || !names.every((name) => name !== undefined)) return undefined;
  if (type.pending.length > 1 || (type.pending.length === 1 && !isPending) || type.at.length > 0) return undefined;
  const divided = specs.flatMap((spec, index) => (spec.cuts.length > 0 ? [index] : []));
  return { axes: names, divided, isPending };
}
