/** Programs whose tasks are measured. */

/** A program, and its schedules in the order in which they are run. */
export interface Workload {
  readonly what: string;
  readonly text: string;
  readonly schedules: readonly string[];
}

/** Shapes of blocks, a rank's: rows, columns, depth. */
const contractions = [...combinations([1, 8, 64, 512], [16, 64, 256], [64, 512]), [512, 512, 1024]];
const attentions = combinations([16, 128], [16, 64], [64, 512]);
const elementwise = combinations([16, 256], [64, 512]);
/** What a block's elements are; those that a device only stores are measured apart. */
const dtypes = ["f32", "bf16"];

/** Each schedule does a block of one shape on every rank, several times: ranks begin together, and all are busy to the end. */
export function kernelWorkloads(ranks: number): Workload[] {
  return dtypes.flatMap((dtype) => [
    workload(`contractions of ${dtype}`, ranks, contractions, ([rows, columns, depth], { layer }) =>
      layer("matmul(i0, i1)", rows! * columns! * depth!, { dtype, shared: rows!, whole: [columns!] }, [
        { dtype, shared: rows!, whole: [depth!] },
        { dtype, whole: [depth!, columns!] },
      ]),
    ),
    workload(`attention of ${dtype}`, ranks, attentions, ([rows, columns, keys], { layer }) => {
      const query = { dtype, shared: rows!, whole: [heads, columns!] };
      const key = { dtype, whole: [keys!, heads, columns!] };
      layer("attend(i0, i1, i2)", rows! * heads * columns! * keys! * 4, query, [query, key, key]);
    }),
    workload(`elementwise ops and row folds of ${dtype}`, ranks, elementwise, ([rows, columns], { layer }) => {
      const x = { dtype, shared: rows!, whole: [columns!] };
      layer("add(i0, i0)", rows! * columns! * 20, x, [x]);
      layer("rmsnorm(i0, i1)", rows! * columns! * 100, x, [x, { dtype, whole: [columns!] }]);
    }),
  ]);
}

const heads = 2;

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
const [fewestRepeats, mostRepeats] = [3, 24];

interface Program {
  /** Adds a layer whose statements are all this text. `work`: about how many products of a block, or what takes as long. */
  layer(text: string, work: number, result: Tensor, inputs: readonly Tensor[]): void;
}

/** Its first axis is a rank's share of all where `shared` is there. */
interface Tensor {
  readonly dtype: string;
  readonly shared?: number;
  readonly whole: readonly number[];
}

function workload(
  what: string,
  ranks: number,
  shapes: readonly (readonly number[])[],
  add: (shape: readonly number[], program: Program) => void,
): Workload {
  const params = new Set<number>();
  const layers: string[] = [];
  const typeOf = ({ dtype, shared, whole }: Tensor): string => {
    if (shared !== undefined) params.add(shared);
    return `${dtype}[${[...(shared === undefined ? [] : [`n${shared}/r`]), ...whole].join(", ")}]`;
  };
  const program: Program = {
    layer(text, work, result, inputs) {
      const repeats = Math.min(mostRepeats, Math.max(fewestRepeats, Math.ceil(groupWork / work)));
      const names = Array.from({ length: repeats }, (_, i) => `y${i}`);
      const parameters = inputs.map((input, i) => `i${i}: ${typeOf(input)}`).join(", ");
      const results = names.map((name) => `o${name}: ${typeOf(result)}`).join(", ");
      const statements = names.map((name) => `  let ${name} = ${text}\n`).join("");
      const layer = `l${layers.length}`;
      layers.push(
        `layer ${layer}(${parameters}) -> (${results}) {\n${statements}  return ${names.join(", ")}\n}\nschedule s_${layer} of ${layer}\n`,
      );
    },
  };
  for (const shape of shapes) add(shape, program);
  const sizes = [...params].map((size) => `param n${size} = ${size * ranks}\n`).join("");
  return { what, text: `${header(ranks)}${sizes}${layers.join("")}`, schedules: layers.map((_, i) => `s_l${i}`) };
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
`;
}

function combinations(...choices: readonly (readonly number[])[]): number[][] {
  return choices.reduce<number[][]>((all, own) => all.flatMap((some) => own.map((one) => [...some, one])), [[]]);
}
