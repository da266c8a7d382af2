import type {
  AxisIR,
  CheckedProgram,
  ConditionIR,
  IndexIR,
  KernelIR,
  LayerIR,
  ScalarIR,
  ValueIR,
} from "../../compiler/check/ir.js";
import type { Settings } from "../../compiler/lower/settings.js";

/** A layer with its settings in a few lines, for people who read a failing case. */
export function describeLayer({ mesh, tables }: CheckedProgram, layer: LayerIR, settings?: Settings): string {
  const type = (id: number): string => {
    const value = layer.values[id]!;
    return `${value.name}: ${describeType(value, (m) => mesh.axes[m]!.name)}`;
  };
  const lines = [
    `mesh ${mesh.axes.map((a) => `${a.name}:${a.size}`).join(" ")}`,
    ...tables.map(
      (t) => `table ${t.fromSize} -> ${t.toSize}: ${[...t.from].map((f, r) => `${f}-${t.to[r]}`).join(" ")}`,
    ),
    `layer(${layer.inputs.map(type).join(", ")}) -> ${layer.outputs.map((id) => layer.values[id]!.name).join(", ")}`,
    ...layer.statements.map((ir, s) => {
      const own = settings?.statements[s];
      const cuts =
        own === undefined
          ? ""
          : `   // ${JSON.stringify(own, (k, v: unknown) => (k === "collective" ? (v as { name: string }).name : v))}`;
      if (ir.kind !== "op")
        return `  ${type(ir.result)} = ${ir.kind === "word" ? ir.word : ir.view}(${layer.values[ir.operand]!.name} over ${ir.meshAxes.map((m) => mesh.axes[m]!.name).join(", ")})${cuts}`;
      const names = ir.operands.map((id) => layer.values[id]!.name);
      return `  ${type(ir.result)} = ${describeKernel(ir.kernel, names)}${cuts}`;
    }),
  ];
  if (settings !== undefined) {
    lines.push(`  splits ${JSON.stringify(settings.splits)}`);
    const count = layer.statements.length;
    lines.push(`  relaxed ${[...settings.relaxed].map((p) => `${Math.floor(p / count)},${p % count}`).join(" ")}`);
  }
  return lines.join("\n");
}

function describeType(value: ValueIR, mesh: (axis: number) => string): string {
  const axis = (a: AxisIR): string =>
    `${a.name}=${a.size}${a.cuts.map((c) => `/${mesh(c.meshAxis)}${c.by === undefined ? "" : ` by ${c.by}`}`).join("")}`;
  const pending = value.pending.map((p) => ` pending ${p.monoid} over ${p.over.map(mesh).join(",")}`).join("");
  return `[${value.axes.map(axis).join(", ")}]${pending}${value.at.map((a) => ` at ${mesh(a.meshAxis)}(${a.position})`).join("")}`;
}

function describeKernel(kernel: KernelIR, operands: readonly string[]): string {
  const index = (at: IndexIR): string =>
    at.kind === "column"
      ? `${at.column}(${index(at.at)})`
      : [
          ...at.terms.map((t) => `${t.coefficient === 1 ? "" : t.coefficient}i${t.variable}`),
          ...(at.offset === 0 && at.terms.length > 0 ? [] : [at.offset]),
        ].join("+");
  const condition = (node: ConditionIR): string =>
    node.kind === "compare"
      ? `${index(node.left)} ${node.operator} ${index(node.right)}`
      : `(${node.parts.map(condition).join(` ${node.kind} `)})`;
  const scalar = (node: ScalarIR): string => {
    switch (node.kind) {
      case "constant":
        return String(node.value);
      case "read":
        return `${operands[node.operand]}[${node.at.map(index).join(",")}]`;
      case "local":
        return `${kernel.locals[node.local]!.name}[${node.at.map(index).join(",")}]`;
      case "weight":
        return `weight(${index(node.at)})`;
      case "index":
        return index(node.at);
      case "argument":
        return `#${node.argument}`;
      case "binary":
        return `(${scalar(node.left)} ${node.operator} ${scalar(node.right)})`;
      case "call":
        return `${node.function}(${node.arguments.map(scalar).join(", ")})`;
      case "select":
        return `if(${condition(node.condition)}, ${scalar(node.whenTrue)}, ${scalar(node.whenFalse)})`;
      case "reduce": {
        const rows =
          node.rowsWhere === undefined ? "" : ` where ${node.rowsWhere.column} = ${index(node.rowsWhere.equals)}`;
        const where = node.where === undefined ? "" : ` where ${condition(node.where)}`;
        return `${node.monoid}[${node.variables.map((v) => `i${v}`).join(",")}${rows}${where}] ${node.bodies.map(scalar).join(", ")}`;
      }
    }
  };
  const locals = kernel.locals.map(
    (l) => `${l.name}[${l.indices.map((v) => `i${v}`).join(",")}] = ${scalar(l.body)}; `,
  );
  return `${locals.join("")}${scalar(kernel.body)}`;
}
