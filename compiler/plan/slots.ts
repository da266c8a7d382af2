/** SMs an op may hold at once: all of its rank's but those that statements overlapping it have reserved. */
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Lowered } from "../lower/lower.js";

/** By instance. A share too large for what overlaps it is reported. */
export function planSlots(lowered: Lowered, diagnostics: DiagnosticCollector): number[] {
  const { instances, settings, layer, program } = lowered;
  const all = Math.min(...program.machine.kinds.map((kind) => kind.sms));
  const split = new Set(instances.filter((i) => i.part.length > 0).map((i) => i.statement));
  const overlapping = (a: number, b: number): boolean =>
    (split.has(a) && split.has(b)) ||
    settings.statements[a]!.async ||
    settings.statements[b]!.async ||
    settings.relaxed.has(Math.min(a, b) * layer.statements.length + Math.max(a, b));
  const slotsOf = layer.statements.map((ir, s) => {
    const own = settings.statements[s]!;
    if (own.share !== undefined) return own.share.sms;
    const shares = new Map<number, number>();
    settings.statements.forEach((other, o) => {
      if (other.share !== undefined && overlapping(s, o)) shares.set(other.share.of, other.share.sms);
    });
    const reserved = [...shares.values()].reduce((sum, sms) => sum + sms, 0);
    if (reserved >= all && ir.kind === "op")
      diagnostics.report("too-many-sms", ir.location, { value: layer.values[ir.result]!.name, reserved, all });
    return Math.max(1, all - reserved);
  });
  return instances.map((instance) => slotsOf[instance.statement]!);
}
