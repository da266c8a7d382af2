/** Programs whose tasks are measured. */
import type { BlockShape } from "../../../compiler/machine/block-shape.js";

/** A program, and its schedules in the order in which they are run. */
export interface Workload {
  readonly what: string;
  readonly text: string;
  readonly schedules: readonly string[];
}

/**
 * A schedule a shape, as many as a program may well have: it does a block of that shape on every rank, several times. Ranks
 * begin together, and all are busy to the end. Elementwise blocks come first: others take what those make.
 */
export function kernelWorkloads(ranks: number, shapes: readonly BlockShape[]): Workload[] {
  const bySort = new Map<string, BlockShape[]>();
  const elementwiseFirst = shapes.toSorted(
    (a, b) => Number(b.does === "elementwise") - Number(a.does === "elementwise"),
  );
  for (const shape of elementwiseFirst) {
    const what = `${shape.does} of ${shape.dtype}`;
    bySort.set(what, [...(bySort.get(what) ?? []), shape]);
  }
  return [...bySort].map(([what, own]) => blocksWorkload(what, ranks, own));
}

/** Steps of a chain, each of which waits for the one before. */
export const chainSteps = 24;

/** Bytes that each rank sends to the next one at every step of a chain. */
export const chainBytes = { small: 256, large: 1 << 20 } as const;

/** Chains of small dispatches, and of small and large messages from every rank to the next. */
export function chainWorkload(ranks: number): Workload {
  const chain = (name: string, columns: number, step: string): string => {
    const steps = Array.from({ length: chainSteps }, (_, i) => `  let x${i + 1} = ${step.replaceAll("x", `x${i}`)}\n`);
    const type = `f32[n/r, ${columns}]`;
    return `layer ${name}_layer(x0: ${type}) -> out: ${type} {\n${steps.join("")}  return x${chainSteps}\n}\nschedule ${name} of ${name}_layer\n`;
  };
  const text = [
    header(ranks),
    `param n = ${ranks}\n`,
    chain("dispatches", 16, "add(x, x)"),
    chain("small_messages", chainBytes.small / 4, "shift(x, n/r, 1)"),
    chain("large_messages", chainBytes.large / 4, "shift(x, n/r, 1)"),
  ].join("\n");
  return { what: "dispatches and messages", text, schedules: ["dispatches", "small_messages", "large_messages"] };
}

/** Statements of a block are written so often that they take a while together: so many products, or elements. */
const groupWork = 3e7;
const mostRepeats = 24;
/** Attention of so many heads, where its rows are a multiple. */
const mostHeads = 2;

/** What a block of a shape is computed of: an expression over `i0`, `i1`, .., their types and its own; and about what it takes, in products. */
interface Block {
  readonly text: string;
  readonly work: number;
  readonly inputs: readonly Tensor[];
  readonly result: Tensor;
}

/** Sizes of its axes; the one that ranks share is a rank's own. */
interface Tensor {
  readonly sizes: readonly (number | typeof folded)[];
  readonly shared?: number;
}

/** Stands for the axis that is folded; where that is done in parts, an elementwise op hands them on. */
const folded = "folded";

function blockOf({ does, rows, columns, depth, parts }: BlockShape): Block {
  const own = (...sizes: Tensor["sizes"]): Tensor => ({ sizes, shared: 0 });
  const whole = (...sizes: Tensor["sizes"]): Tensor => ({ sizes });
  const result = own(rows, columns);
  switch (does) {
    case "contraction": {
      const work = rows * columns * depth * parts;
      return { text: "matmul(i0, i1)", work, inputs: [own(rows, folded), whole(folded, columns)], result };
    }
    case "attention": {
      const heads = rows % mostHeads === 0 ? mostHeads : 1;
      const [query, key] = [own(rows / heads, heads, columns), whole(folded, heads, columns)];
      const work = rows * columns * depth * parts * 4;
      return { text: "attend(i0, i1, i2)", work, inputs: [query, key, key], result: query };
    }
    case "reduction": {
      const isOfRows = depth === columns && parts === 1;
      const inputs = isOfRows ? [result, whole(columns)] : [{ sizes: [folded, rows, columns], shared: 1 } as const];
      const work = rows * columns * (20 + depth * parts);
      return { text: isOfRows ? "rmsnorm(i0, i1)" : "fold(i0)", work, inputs, result };
    }
    case "elementwise":
      return { text: "add(i0, i0)", work: rows * columns * 20, inputs: [result], result };
  }
}

function blocksWorkload(what: string, ranks: number, shapes: readonly BlockShape[]): Workload {
  const params = new Set<number>();
  const layers = shapes.map((shape, index) => {
    const { text, work, inputs, result } = blockOf(shape);
    const axis = `folded${index}`;
    const typeOf = ({ sizes, shared }: Tensor): string => {
      const texts = sizes.map((size, at) => {
        if (size === folded) return axis;
        if (at !== shared) return String(size);
        params.add(size);
        return `n${size}/r`;
      });
      return `${shape.dtype}[${texts.join(", ")}]`;
    };
    const inParts = shape.parts > 1 ? inputs.findIndex(({ sizes }) => sizes[0] === folded) : -1;
    const isProduced = (input: number): boolean => inParts >= 0 && inputs[input]!.sizes[0] === folded;
    const expression = text.replaceAll(/i(\d)/g, (name, input) => (isProduced(Number(input)) ? "produced" : name));
    const repeats = Math.min(mostRepeats, Math.max(1, Math.ceil(groupWork / work)));
    const names = Array.from({ length: repeats }, (_, i) => `y${i}`);
    const parameters = inputs.flatMap((input, i) =>
      isProduced(i) && i !== inParts ? [] : [`i${i}: ${typeOf(input)}`],
    );
    const results = names.map((name) => `o${name}: ${typeOf(result)}`);
    const statements = names.map((name) => `  let ${name} = ${expression}\n`);
    const verbs: string[] = [];
    if (inParts >= 0) {
      statements.unshift(`  let produced = add(i${inParts}, i${inParts})\n`);
      verbs.push(`  accumulate o${names.join(", o")} over ${axis}\n`);
      for (const name of names) verbs.push(`  overlap produced -> o${name} by ${axis}(${shape.depth})\n`);
    }
    return `axis ${axis} = ${shape.depth * shape.parts}
layer l${index}(${parameters.join(", ")}) -> (${results.join(", ")}) {
${statements.join("")}  return ${names.join(", ")}
}
schedule s${index} of l${index} {
${verbs.join("")}}
`;
  });
  const sizes = [...params].map((size) => `param n${size} = ${size * ranks}\n`).join("");
  return { what, text: `${header(ranks)}${sizes}${layers.join("")}`, schedules: layers.map((_, i) => `s${i}`) };
}

/** A machine that nothing is predicted on. */
function header(ranks: number): string {
  return `import { add, attend, matmul, rmsnorm } from "std/ops"
machine box {
  rank gpu[${ranks}] {
    compute f32 1 TFLOP/s
    sms 1
    memory ram 64 GB at 1 TB/s
    copy engines 1
  }
  link gpu <-> gpu: full { 1 GB/s each way }
}
mesh on box { r: ${ranks} }
op fold(x: T[k, a, b]) -> T[a, b] = sum[k] x[k, a, b]
`;
}
