import type { LinkDecl, LinkProperty } from "../../../grammar/ast.js";
import { bytesPerSecond, seconds } from "../quantity.js";
import { unitNamed } from "../../../grammar/units.js";
import { reportRange } from "./context.js";
import type { MachineContext } from "./context.js";

/** What a flat link states. */
export interface LinkFigures {
  readonly bytesPerSecond: number;
  /** The bandwidth is that of each direction; else both directions share it. */
  readonly eachWay: boolean;
  readonly latencySeconds: number;
}

/** Reads `200 GB/s each way, 1.5 us`. The bandwidth must be stated; without a latency there is none. */
export function linkFiguresOf(link: LinkDecl, context: MachineContext): LinkFigures | undefined {
  const owner = `This ${link.topology.text} link`;
  let bandwidth: { value: number | undefined; eachWay: boolean } | undefined;
  let latency: { value: number | undefined } | undefined;
  /** Something was not understood; it may have been meant for the bandwidth. */
  let unclear = false;
  for (const property of link.properties) {
    const [first] = property.parts;
    const words = property.parts.slice(1).map((part) => (part.kind === "Identifier" ? part.text : ""));
    const eachWay = words.join(" ") === "each way";
    const known = first?.kind === "NumberLiteral" && (words.length === 0 || eachWay);
    const isTime = known && first.unit !== undefined && unitNamed(first.unit.text)?.dimension === "seconds";
    if (!known || (isTime && eachWay)) unknown(property);
    else if (isTime) {
      if (latency) duplicate(property, "its latency");
      latency = { value: context.measure(first, seconds, "The latency") };
    } else {
      if (bandwidth) duplicate(property, "its bandwidth");
      const value = context.measure(first, bytesPerSecond, "The bandwidth");
      bandwidth = { value, eachWay };
      if (value !== undefined && value <= 0) reportRange(context, first, "The bandwidth", "more than 0", value);
    }
  }
  if (!bandwidth && !unclear) {
    const parts = { owner, property: "bandwidth, such as `200 GB/s each way`" };
    context.diagnostics.report("missing-property", context.locate(link.topology), parts);
  }
  if (bandwidth?.value === undefined || (latency && latency.value === undefined)) {
    context.refused = true;
    return undefined;
  }
  return { bytesPerSecond: bandwidth.value, eachWay: bandwidth.eachWay, latencySeconds: latency?.value ?? 0 };

  function unknown(property: LinkProperty): void {
    const text = property.parts
      .map((part) => (part.kind === "Identifier" ? part.text : part.text + unitText(part)))
      .join(" ");
    const parts = { text, owner, hint: " It takes a bandwidth, with `each way` or without, and a latency." };
    context.diagnostics.report("unknown-property", context.locate(property), parts);
    unclear = true;
    context.refused = true;
  }

  function duplicate(property: LinkProperty, what: string): void {
    context.diagnostics.report("duplicate-property", context.locate(property), { owner, property: what });
    context.refused = true;
  }
}

function unitText(part: { readonly unit?: { readonly text: string } }): string {
  return part.unit ? ` ${part.unit.text}` : "";
}
