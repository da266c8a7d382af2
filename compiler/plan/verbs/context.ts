/** What a verb is applied to: the settings so far, and where to say what it cannot have. */
import type {
  CheckedProgram,
  LayerIR,
  OpStatement,
  StatementIR,
  Target,
  VerbIR,
  WordStatement,
} from "../../check/ir.js";
import type { DiagnosticCollector } from "../../diagnostics/collector.js";
import type { Settings } from "../../lower/settings.js";

export interface VerbContext {
  readonly program: CheckedProgram;
  readonly layer: LayerIR;
  readonly settings: Settings;
  readonly diagnostics: DiagnosticCollector;
}

/** The verb of one name: `VerbOf<"split">`. */
export type VerbOf<V extends VerbIR["verb"]> = Extract<VerbIR, { verb: V }>;

export function resultName(layer: LayerIR, statement: number): string {
  return layer.values[layer.statements[statement]!.result]!.name;
}

export function opOf(layer: LayerIR, statement: number): OpStatement | undefined {
  const ir = layer.statements[statement]!;
  return ir.kind === "op" ? ir : undefined;
}

export function wordOf(layer: LayerIR, statement: number): WordStatement | undefined {
  const ir = layer.statements[statement]!;
  return ir.kind === "word" ? ir : undefined;
}

export function operandsOf(ir: StatementIR): readonly number[] {
  return ir.kind === "op" ? ir.operands : [ir.operand];
}

/** Statements whose results a statement needs, directly or through others, itself included. */
export function ancestors(layer: LayerIR, statement: number): Set<number> {
  const producer = new Map(layer.statements.map((ir, s) => [ir.result, s]));
  const found = new Set<number>();
  const visit = (s: number): void => {
    if (found.has(s)) return;
    found.add(s);
    for (const operand of operandsOf(layer.statements[s]!)) {
      const p = producer.get(operand);
      if (p !== undefined) visit(p);
    }
  };
  visit(statement);
  return found;
}

/** The statement of a target that bears its name; undefined where it is an input of the layer. */
export function ownStatement(target: Target): number | undefined {
  return target.statements.at(-1);
}

export function quoteList(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}
