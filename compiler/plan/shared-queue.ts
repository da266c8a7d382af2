import type { LayerIR } from "../check/ir.js";
import type { Settings } from "../lower/settings.js";

/** Whether two statements are issued from the same queue on a rank that does both. */
export function shareQueue(layer: LayerIR, settings: Settings, a: number, b: number): boolean {
  const [one, other] = [settings.statements[a]!, settings.statements[b]!];
  const [kind, otherKind] = [layer.statements[a]!.kind, layer.statements[b]!.kind];
  if (kind === "view" || otherKind === "view") return false;
  // Of a share of SMs, what computes and what moves have a queue each.
  return one.engine === other.engine && one.share?.of === other.share?.of && (!one.share || kind === otherKind);
}
