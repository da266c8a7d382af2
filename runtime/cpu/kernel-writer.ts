/** Text of a generated function as it grows: lines with their indentation, and the arguments that they use. */
/** An argument of the generated function, by what it is. Outputs and partial results: an array a component of a state. */
export type Slot =
  | { readonly kind: "array" | "offset"; readonly array: ArrayName }
  | { readonly kind: "stride" | "positions" | "first"; readonly array: ArrayName; readonly dimension: number }
  | { readonly kind: "runs" | "rowPositions" | "rowFirst"; readonly variable: number }
  | { readonly kind: "localRuns"; readonly local: number; readonly dimension: number }
  | { readonly kind: "column" | "rowsOf" | "rowStart"; readonly table: number; readonly column: string }
  | { readonly kind: "weight"; readonly table: number }
  | { readonly kind: "round"; readonly output: number };
export type ArrayName = `${"output" | "partial" | "operand" | "local"} ${number}`;

export interface KernelSource {
  readonly slots: readonly { readonly name: string; readonly slot: Slot }[];
  readonly body: string;
}

export interface KernelWriter {
  /** Makes the slot an argument of the function, and gives its name back. */
  use(name: string, slot: Slot): string;
  line(text: string): void;
  /** A line before all others. */
  begin(text: string): void;
  /** Begins a block; `close` ends as many. */
  open(head: string): void;
  close(blocks: number): void;
  /** A number that is not given twice, for names of temporaries. */
  unique(): number;
  source(): KernelSource;
}

/** How many indices runs hold. */
const lengthOf =
  "const lengthOf = (runs) => { let n = 0; for (let i = 0; i < runs.length; i += 2) n += runs[i + 1] - runs[i]; return n; };";

export function createKernelWriter(): KernelWriter {
  const slots = new Map<string, Slot>();
  const first: string[] = [];
  const lines: string[] = [];
  let depth = 0;
  let given = 0;
  const line = (text: string): void => void lines.push("  ".repeat(depth) + text);
  return {
    use(name, slot) {
      slots.set(name, slot);
      return name;
    },
    line,
    begin: (text) => void first.push(text),
    open(head) {
      line(`${head} {`);
      depth++;
    },
    close(blocks) {
      for (let block = 0; block < blocks; block++) {
        depth--;
        line("}");
      }
    },
    unique: () => given++,
    source: () => ({
      slots: [...slots].map(([name, slot]) => ({ name, slot })),
      body: `"use strict";\nconst fround = Math.fround;\n${lengthOf}\n${[...first, ...lines].join("\n")}\n`,
    }),
  };
}
