/** What is done with four neighbouring sums of a contraction: all that stands around the reduction, and storing. */
import type { OpKernel } from "../kernels/op-kernel.js";
import { laneIndex, narrowIndex } from "../text/indices.js";
import { wide } from "../text/scalars.js";
import type { Contraction } from "./match.js";
import type { RowTexts } from "./rows.js";
import type { ContractionKey, ContractionVariant } from "./variant.js";

/** Declares `finish(indices of rows and blocks .., four, value)`. */
export function finishFunction(
  { writer, variables, give, results }: OpKernel<ContractionKey>,
  contraction: Contraction,
  variant: ContractionVariant,
  { field, several }: RowTexts,
): void {
  const { line } = writer;
  const { column, rows, blocks, reduce } = contraction;
  const parameters = [...several.map((variable) => `${variables.name(variable)}: i32`), "four: i32", "value: vec4f"];
  writer.func(`/// What the op does with four neighbouring sums.\nfn finish(${parameters.join(", ")})`, () => {
    if (variant.tile.fours > 1 || variant.tile.by !== "registers")
      line(`if (four >= ${field("columnGroups")}) { return; }`);
    const name = variables.name(column);
    line(`let ${name} = 4 * (${field("firstGroup")} + four) + ${field("lowOfGroup")};`);
    line(`let mask = ${variables.lanes(column, name)};`);
    const environment = new Map(
      [...rows, ...blocks].map((variable) => {
        const text = several.includes(variable) ? variables.name(variable) : variables.field("low", variable);
        return [variable, narrowIndex(text, 0)] as const;
      }),
    );
    environment.set(column, laneIndex(name, 0));
    give(reduce, [wide("value")]);
    results({ environment, known: new Map(), depth: 0 }, "mask");
  });
}
