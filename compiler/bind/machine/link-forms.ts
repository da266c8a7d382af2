import type { Identifier, NumberLiteral } from "../../../grammar/ast.js";
import { unitNamed } from "../../../grammar/units.js";
import { bytes, bytesPerSecond, seconds } from "../quantity.js";
import { reportRange } from "./context.js";
import type { MachineContext } from "./context.js";
import type { Bandwidth } from "./topology.js";

/** One way to write a property of a link. */
export interface Form<Value> {
  /** As in "states {what} twice" and "states no {what}". */
  readonly what: string;
  readonly example: string;
  /** What stands where the property does not; without it the property must be stated. */
  readonly otherwise?: { readonly value: Value };
  /** By the words, `_` for a number: `_ each way`. Values are looked at by `read`. */
  matches(words: string, first: NumberLiteral | undefined): boolean;
  /** Undefined where a value is refused, which is reported. */
  read(numbers: readonly NumberLiteral[], words: string, context: MachineContext): Value | undefined;
}

/** Which spine a flow between two leaves takes. */
export type RoutingPolicy =
  { readonly kind: "ecmp"; readonly seed: number } | { readonly kind: "planned" | "split" | "spray" };

export function wordsOf(parts: readonly (Identifier | NumberLiteral)[]): string {
  return parts.map((part) => (part.kind === "Identifier" ? part.text : "_")).join(" ");
}

export const bandwidth: Form<Bandwidth> = {
  what: "bandwidth",
  example: "200 GB/s each way",
  matches: (words, first) => (words === "_" || words === "_ each way") && !isTime(first),
  read: ([rate], words, context) => bandwidthOf(rate!, words, "The bandwidth", context),
};

export const latency: Form<number> = {
  what: "latency",
  example: "1.5 us",
  otherwise: { value: 0 },
  matches: (words, first) => words === "_" && isTime(first),
  read: ([time], _words, context) => context.measure(time!, seconds, "The latency"),
};

/** Monoids under which a switch combines what its members send to one of them. */
export const reduces: Form<readonly string[]> = {
  what: "`reduces`",
  example: "reduces sum max",
  otherwise: { value: [] },
  matches: (words) => /^reduces( \w+)+$/.test(words) && !words.split(" ").includes("_"),
  read: (_numbers, words) => words.slice("reduces ".length).split(" "),
};

/** Whether a switch copies what one of its members sends to several. */
export const multicasts: Form<boolean> = {
  what: "`multicasts`",
  example: "multicasts",
  otherwise: { value: false },
  matches: (words) => words === "multicasts",
  read: () => true,
};

export const dims: Form<readonly number[]> = {
  what: "`dims`",
  example: "dims 4 by 2",
  matches: (words) => /^dims _( by _)*$/.test(words),
  read(numbers, _words, context) {
    const sizes = numbers.map((size) => context.count(size, "A size of `dims`"));
    return sizes.every((size) => size !== undefined) ? sizes : undefined;
  },
};

export const switches = counted("switches", 2);
export const leaves = counted("leaves", 4);
export const spines = counted("spines", 4);
export const pods = counted("pods", 4);
export const cores = counted("cores", 4);
export const groups = counted("groups", 9);
export const routers = counted("routers", 4);

export const uplink: Form<Bandwidth> = {
  what: "`uplink`",
  example: "uplink 32 GB/s each way",
  matches: (words) => words === "uplink _" || words === "uplink _ each way",
  read: ([rate], words, context) => bandwidthOf(rate!, words, "The bandwidth of an uplink", context),
};

export const nics: Form<{ readonly count: number; readonly bytesPerSecond: number }> = {
  what: "`nics`",
  example: "nics 8 at 50 GB/s",
  matches: (words) => words === "nics _ at _",
  read([number, rate], _words, context) {
    const count = context.count(number!, "The number of `nics`");
    const each = rateOf(rate!, "The bandwidth of a NIC", context);
    return count === undefined || each === undefined ? undefined : { count, bytesPerSecond: each };
  },
};

export const locals: Form<number> = {
  what: "`locals`",
  example: "locals at 50 GB/s",
  matches: (words) => words === "locals at _",
  read: ([rate], _words, context) => rateOf(rate!, "The bandwidth of a local wire", context),
};

/** Wires of a router to other groups. */
export const globals: Form<{ readonly count: number; readonly bytesPerSecond: number }> = {
  what: "`globals`",
  example: "globals 2 at 25 GB/s",
  matches: (words) => words === "globals _ at _",
  read([number, rate], _words, context) {
    const count = context.count(number!, "The number of `globals`");
    const each = rateOf(rate!, "The bandwidth of a global wire", context);
    return count === undefined || each === undefined ? undefined : { count, bytesPerSecond: each };
  },
};

const pathForms: readonly string[] = ["minimal", "valiant", "valiant seed _"];
const policyForms: readonly string[] = ["ecmp", "ecmp seed _", "planned", "split", "spray"];
/** Every word of a routing policy. */
export const routingWords: ReadonlySet<string> = new Set(
  [...pathForms, ...policyForms].flatMap((form) => form.split(" ")).filter((word) => word !== "_"),
);

/** How a flow goes between groups. */
export const paths: Form<{ readonly kind: "minimal" } | { readonly kind: "valiant"; readonly seed: number }> = {
  what: "routing policy",
  example: "minimal",
  matches: (words) => pathForms.includes(words),
  read([seed], words, context) {
    if (words === "minimal") return { kind: "minimal" };
    const value = seed ? context.count(seed, "A seed", 0) : 0;
    return value === undefined ? undefined : { kind: "valiant", seed: value };
  },
};

/** Undefined: that of a NIC. */
export const uplinks: Form<number | undefined> = {
  what: "`uplinks`",
  example: "uplinks at 100 GB/s",
  otherwise: { value: undefined },
  matches: (words) => words === "uplinks at _",
  read: ([rate], _words, context) => rateOf(rate!, "The bandwidth of an uplink", context),
};

export const policy: Form<RoutingPolicy> = {
  what: "routing policy",
  example: "ecmp seed 1",
  matches: (words) => policyForms.includes(words),
  read([seed], words, context) {
    if (words === "planned" || words === "split" || words === "spray") return { kind: words };
    const value = seed ? context.count(seed, "A seed", 0) : 0;
    return value === undefined ? undefined : { kind: "ecmp", seed: value };
  },
};

/** Of a tier. */
export const capacity: Form<number> = {
  what: "size",
  example: "8 TB",
  matches: (words, first) => words === "_" && !isTime(first),
  read([size], _words, context) {
    const value = context.measure(size!, bytes, "The size of a tier");
    return value === undefined || value > 0
      ? value
      : reportRange(context, size!, "The size of a tier", "more than 0", value);
  },
};
export const readRate = oneWay("read", "read 25 GB/s");
export const writeRate = oneWay("write", "write 12 GB/s");

function oneWay(word: string, example: string): Form<number> {
  return {
    what: `\`${word}\``,
    example,
    matches: (words) => words === `${word} _`,
    read: ([rate], _words, context) => rateOf(rate!, `The rate of \`${word}\``, context),
  };
}

function counted(word: string, example: number): Form<number> {
  return {
    what: `\`${word}\``,
    example: `${word} ${example}`,
    matches: (words) => words === `${word} _`,
    read: ([count], _words, context) => context.count(count!, `The number of \`${word}\``),
  };
}

function isTime(part: NumberLiteral | undefined): boolean {
  return part?.unit !== undefined && unitNamed(part.unit.text)?.dimension === "seconds";
}

function bandwidthOf(rate: NumberLiteral, words: string, what: string, context: MachineContext): Bandwidth | undefined {
  const value = rateOf(rate, what, context);
  return value === undefined ? undefined : { bytesPerSecond: value, eachWay: words.endsWith("each way") };
}

function rateOf(rate: NumberLiteral, what: string, context: MachineContext): number | undefined {
  const value = context.measure(rate, bytesPerSecond, what);
  if (value === undefined || value > 0) return value;
  return reportRange(context, rate, what, "more than 0", value);
}
