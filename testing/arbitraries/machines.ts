import type fc from "fast-check";
import type { Draw } from "./draw.js";
import { drawn, shownAs } from "./drawn.js";

export interface ArbitraryMachine {
  readonly name: string;
  readonly ranks: number;
  /** Its declaration. */
  readonly text: string;
}

/**
 * Machines of one kind of ranks or two, on every topology that joins any number of them, fast and slow links beside
 * fast and slow arithmetic: what is bound by computing, by memory, by launches and by links.
 *
 * @param options `ranks`: how many, 8 without it; any mesh of at most so many fits
 */
export function machines(options: { readonly ranks?: number } = {}): fc.Arbitrary<ArbitraryMachine> {
  const { ranks = 8 } = options;
  return drawn((draw) => {
    const name = "drawn";
    const text = draw.oneIn(4) && ranks % 2 === 0 ? nested(draw, name, ranks) : flat(draw, name, ranks);
    return shownAs({ name, ranks, text }, text);
  });
}

function flat(draw: Draw, name: string, ranks: number): string {
  if (ranks > 1 && draw.oneIn(4)) {
    const first = draw.integer(1, ranks - 1);
    const kinds = `${kind(draw, "gpu", first)}\n${kind(draw, "npu", ranks - first)}`;
    const links = ["gpu <-> gpu", "npu <-> npu", "gpu <-> npu"].map((ends) => link(ends, `bus { ${wire(draw)} }`));
    return `machine ${name} {\n${kinds}\n${links.join("\n")}\n}`;
  }
  return `machine ${name} {\n${kind(draw, "gpu", ranks)}\n${link("gpu <-> gpu", topology(draw, ranks))}\n}`;
}

/** Two nodes, and what joins them. */
function nested(draw: Draw, name: string, ranks: number): string {
  const node = flatNode(draw, ranks / 2);
  const between = draw.pick([`switch { ${wire(draw)} }`, `full { ${wire(draw)} }`, `bus { ${wire(draw)} }`]);
  return `${node}\nmachine ${name} {\n  level node: drawn_node[2]\n${link("node <-> node", between)}\n}`;
}

function flatNode(draw: Draw, ranks: number): string {
  return `machine drawn_node {\n${kind(draw, "gpu", ranks)}\n${link("gpu <-> gpu", topology(draw, ranks))}\n}`;
}

const link = (ends: string, joined: string): string => `  link ${ends}: ${joined}`;

/** Rates in the ratios that machines have. */
function kind(draw: Draw, name: string, count: number): string {
  const teraflops = draw.pick([0.1, 1, 10, 1000]);
  const sms = draw.pick([1, 2, 16, 132]);
  return [
    `  rank ${name}[${count}] {`,
    `    compute bf16 ${teraflops} TFLOP/s, f16 ${teraflops} TFLOP/s, f32 ${teraflops / 2} TFLOP/s`,
    `    sms ${sms}, each moves ${draw.pick([1, 15])} GB/s`,
    `    memory hbm ${draw.pick([16, 80])} GB at ${draw.pick([0.1, 1, 3.35])} TB/s`,
    `    copy engines ${draw.integer(1, 4)}`,
    `    launch ${draw.pick([0, 1, 4])} us`,
    "  }",
  ].join("\n");
}

function topology(draw: Draw, ranks: number): string {
  const divisors = Array.from({ length: ranks }, (_, index) => index + 1).filter((size) => ranks % size === 0);
  const rows = draw.pick(divisors);
  const dims = `dims ${rows} by ${ranks / rows}`;
  return draw.pick([
    `switch { ${wire(draw)} }`,
    `full { ${wire(draw)} }`,
    `ring { ${wire(draw)} }`,
    `bus { ${wire(draw)} }`,
    `mesh { ${dims}, ${wire(draw)} }`,
    `torus { ${dims}, ${wire(draw)} }`,
  ]);
}

function wire(draw: Draw): string {
  const latency = draw.pick([0, 0.5, 5]);
  return `${draw.pick([1, 25, 450])} GB/s${draw.oneIn(2) ? " each way" : ""}${latency === 0 ? "" : `, ${latency} us`}`;
}
