/**
 * Which statement waits for which, whatever their blocks: for what it needs, for what program order keeps before it, and,
 * in its queue, for what a priority puts above it.
 */
import type { LayerIR } from "../check/ir.js";
import type { Settings } from "../lower/settings.js";
import { operandsOf } from "./verbs/context.js";

export type WaitKind = "need" | "program order" | "priority";

export interface Wait {
  readonly for: number;
  readonly kind: WaitKind;
}

/** By statement: what it waits for directly. Views are passed through: they are no tasks. */
export function directWaits(layer: LayerIR, settings: Settings): readonly (readonly Wait[])[] {
  const { statements } = layer;
  const producer = new Map(statements.map((ir, s) => [ir.result, s]));
  const needs = (s: number): number[] =>
    operandsOf(statements[s]!).flatMap((operand) => {
      const p = producer.get(operand);
      if (p === undefined) return [];
      return statements[p]!.kind === "view" ? needs(p) : [p];
    });
  return statements.map((ir, s) => {
    if (ir.kind === "view") return [];
    const waits = [...new Set(needs(s))].map((p): Wait => ({ for: p, kind: "need" }));
    for (const { above, below } of settings.priorities) if (below === s) waits.push({ for: above, kind: "priority" });
    for (let a = 0; a < s; a++)
      if (statements[a]!.kind !== "view" && inProgramOrder(settings, a, s, statements.length))
        waits.push({ for: a, kind: "program order" });
    return waits;
  });
}

/** Whether program order keeps statement `a` before a later one, as far as they are of the same part. */
export function inProgramOrder(
  { statements, relaxed }: Settings,
  a: number,
  b: number,
  statementCount: number,
): boolean {
  return a < b && !statements[a]!.async && !statements[b]!.async && !relaxed.has(a * statementCount + b);
}

/** Steps of a shortest chain of waits from one statement to another; undefined where it does not wait for it. */
export function whyWaits(waits: readonly (readonly Wait[])[], from: number, to: number): Wait[] | undefined {
  const reached = new Map<number, { readonly by: Wait; readonly before: number }>();
  const list = [from];
  for (const s of list) {
    for (const wait of waits[s]!) {
      if (reached.has(wait.for)) continue;
      reached.set(wait.for, { by: wait, before: s });
      if (wait.for !== to) {
        list.push(wait.for);
        continue;
      }
      const steps: Wait[] = [];
      let at = to;
      do {
        const step = reached.get(at)!;
        steps.push(step.by);
        at = step.before;
      } while (at !== from);
      return steps.toReversed();
    }
  }
  return undefined;
}

/** Statements that one waits for, directly or through others. */
export function allWaits(waits: readonly (readonly Wait[])[], statement: number): Set<number> {
  const found = new Set<number>();
  const list = [statement];
  for (const s of list)
    for (const wait of waits[s]!)
      if (!found.has(wait.for)) {
        found.add(wait.for);
        list.push(wait.for);
      }
  return found;
}
