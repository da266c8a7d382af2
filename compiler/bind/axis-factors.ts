/** Axes made of factors: their sizes, row-major, the last innermost. */
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { AxisFactorIR } from "../check/ir.js";
import { locate } from "./bound-program.js";
import type { AxisDefinition, Definition } from "./bound-program.js";
import { expectSize } from "./sizes.js";
import type { Values } from "./values.js";

export interface AxisFactors {
  /** Undefined where the axis has none, or they make no axis, which is reported. */
  of(definition: AxisDefinition): readonly AxisFactorIR[] | undefined;
}

export function createAxisFactors(
  definitions: readonly Definition[],
  values: Values,
  diagnostics: DiagnosticCollector,
): AxisFactors {
  const made = new Map<AxisDefinition, readonly AxisFactorIR[] | undefined>();
  for (const definition of definitions)
    if (definition.kind === "axis") made.set(definition, factorsOf(definition, values, diagnostics));
  return { of: (definition) => made.get(definition) };
}

function factorsOf(
  definition: AxisDefinition,
  values: Values,
  diagnostics: DiagnosticCollector,
): readonly AxisFactorIR[] | undefined {
  const { node, file, name } = definition;
  const { factors } = node;
  if (!factors) return undefined;
  const refuse = (place: Parameters<typeof locate>[1], what: string): undefined => {
    diagnostics.report("axis-factors", locate(file, place), { what });
    return undefined;
  };
  const open = factors.filter((factor) => !factor.size);
  if (open.length > 0 && !node.size) {
    const example = `axis ${name}: 4096 = (..)`;
    return refuse(open[0]!, `\`${open[0]!.name.text}\` has no size, and \`${name}\` has none either: \`${example}\`.`);
  }
  if (open.length > 1)
    return refuse(open[1]!, `\`${open[0]!.name.text}\` is what is left of \`${name}\`; a second factor needs a size.`);
  for (const [place, factor] of factors.entries()) {
    const text = factor.name.text;
    if (factors.findIndex((other) => other.name.text === text) < place)
      return refuse(factor, `\`${text}\` is a factor of \`${name}\` already.`);
    if (factor.mirrored && place === 0)
      return refuse(factor, `\`mirrored\` counts backward where the factor before is odd; \`${text}\` is the first.`);
  }
  const value = values.of(definition);
  if (!value) return undefined;
  const total = expectSize(value, {
    diagnostics,
    file,
    expression: node.size ?? factors[0]!.size!,
    what: sizeOf(name),
  });
  const sizes = factors.map(({ name: factor, size }) => {
    if (!size) return 0;
    const quantity = values.evaluate(size, file);
    return quantity && expectSize(quantity, { diagnostics, file, expression: size, what: sizeOf(factor.text) });
  });
  if (total === undefined || !sizes.every((size) => size !== undefined)) return undefined;
  const product = sizes.reduce((all, size) => all * Math.max(1, size), 1);
  const left = total / product;
  if (open.length > 0 ? !Number.isInteger(left) : left !== 1) {
    const problem =
      open.length > 0
        ? `the factors that have a size, ${product} together, do not divide it`
        : `its factors make ${product}`;
    return refuse(node.name, `\`${name}\` is ${total}, but ${problem}.`);
  }
  return factors.map(({ name: factor, mirrored }, place) => ({
    name: factor.text,
    size: sizes[place] === 0 ? left : sizes[place]!,
    mirrored,
  }));
}

function sizeOf(name: string): string {
  return `The size of \`${name}\``;
}
