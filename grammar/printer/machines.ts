import type { Doc } from "prettier";
import { builders } from "prettier/doc";
import type { LinkProperty, MachineItem, RankProperty } from "../ast.js";
import { unitNamed } from "../units.js";
import { block, braced, commaSeparated, type AnyNode, type Printing } from "./context.js";
import { beforeWord } from "./expressions.js";

const { hardline } = builders;

export function machineDoc(node: MachineItem | RankProperty | LinkProperty, printing: Printing): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  const properties = (items: readonly LinkProperty[]): Doc => braced(items.map(print), printing.inside());
  switch (node.kind) {
    case "RankDecl": {
      const count = node.count ? ["[", print(node.count), "]"] : "";
      return ["rank ", print(node.name), count, " ", block(node.properties, printing)];
    }
    case "LinkDecl": {
      const ends = [print(node.from), node.directed ? " -> " : " <-> ", print(node.to)];
      return ["link ", ends, ": ", print(node.topology), " ", properties(node.properties)];
    }
    case "LevelDecl":
      return ["level ", print(node.name), ": ", print(node.machine), node.count ? ["[", print(node.count), "]"] : ""];
    case "TierDecl":
      return ["tier ", print(node.name), " of ", print(node.of), " ", properties(node.properties)];
    case "LinkProperty":
      return node.parts.map((part, index) => {
        if (index === 0) return print(part);
        const before = node.parts[index - 1]!;
        return [readsOn(before, part) ? hardline : " ", print(part)];
      });
    case "ComputeProperty":
      return ["compute ", commaSeparated(node.rates.map(({ dtype, rate }) => [print(dtype), " ", print(rate)]))];
    case "SmsProperty":
      return ["sms ", print(node.count), node.moves ? [", each moves ", print(node.moves)] : ""];
    case "MemoryProperty": {
      const reduces = node.reduces.length > 0 ? [", reduces ", commaSeparated(node.reduces.map(print))] : "";
      const size = beforeWord(node.capacity, printing);
      return ["memory ", print(node.name), " ", size, " at ", print(node.bandwidth), reduces];
    }
    case "CopyEnginesProperty":
      return ["copy engines ", print(node.count)];
    case "NicsProperty":
      if (node.bandwidth === undefined) return ["nics ", print(node.count)];
      return ["nics ", beforeWord(node.count, printing), " at ", print(node.bandwidth)];
    case "LaunchProperty":
      return ["launch ", print(node.time)];
    case "EfficiencyProperty":
      return ["efficiency ", print(node.value)];
    case "DispatchProperty":
      return ["dispatch ", print(node.time)];
    case "KernelProperty": {
      const sizes = node.sizes.flatMap((size) => [" by ", beforeWord(size, printing)]).slice(1);
      return ["kernel ", print(node.does), " ", print(node.dtype), " ", ...sizes, " at ", print(node.rate)];
    }
  }
}

/** Whether two parts would read as one on a line: `85 % each` as a remainder, `500 ns` as a quantity. */
function readsOn(before: LinkProperty["parts"][number], part: LinkProperty["parts"][number]): boolean {
  if (before.kind !== "NumberLiteral") return false;
  if (before.unit !== undefined) return before.unit.text === "%";
  return part.kind === "Identifier" && unitNamed(part.text) !== undefined;
}
