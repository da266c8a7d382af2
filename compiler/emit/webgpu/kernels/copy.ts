/**
 * Copies a region of one tensor to a region of another of as many bytes an element, bit by bit: each invocation writes four
 * neighbours of the target. `tables` say where what does not follow from an addition is.
 */
import { lanesAmong } from "../text/lanes.js";
import { createWgslWriter } from "../text/writer.js";
import type { WgslModule } from "../text/writer.js";

export const copyWorkgroup = 64;

export interface CopyVariant {
  readonly bytes: 1 | 2 | 4;
  /** By dimension but the last, whether the positions in source and target come from lists. */
  readonly listed: readonly { readonly source: boolean; readonly target: boolean }[];
  /** The last dimension: as fours, by an addition, or by a list of the source's positions by the target's. */
  readonly last: "fours" | "added" | "listed";
  /** Neighbours of the target are none in the source. */
  readonly strided: boolean;
}

export type CopyEnd = "source" | "target";

export type CopyKey =
  | { readonly kind: "stride" | "start" | "list"; readonly of: CopyEnd; readonly dimension: number }
  | { readonly kind: "count"; readonly dimension: number }
  | { readonly kind: "offset"; readonly of: CopyEnd }
  /** The target's first group of four along the last dimension, and how many. */
  | { readonly kind: "firstGroup" | "groups" }
  /** What is added to a position of the target to have that of the source. */
  | { readonly kind: "shift" }
  /** Where positions of the source are in `tables`, so that positions + the target's is it, or -1. */
  | { readonly kind: "positions" }
  | { readonly kind: "threads" };

const signature = `@compute @workgroup_size(${copyWorkgroup})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) invocation: u32,
)`;

const fours = { 4: "vec4u", 2: "vec2u", 1: "u32" } as const;

export function generateCopy({ bytes, listed, last, strided }: CopyVariant): WgslModule<CopyKey> {
  const writer = createWgslWriter<CopyKey>();
  const { line, say, field, table } = writer;
  // Both may lie in one buffer, of which no part is read-only then.
  writer.raw("source", "write", last === "fours" ? fours[bytes] : "u32");
  writer.raw("result", "write", fours[bytes]);

  say("Four neighbours of the target and the row of the source that they come from.");
  line(`let thread = i32((workgroup.y * workgroups.x + workgroup.x) * ${copyWorkgroup}u + invocation);`);
  line(`if (thread >= ${field("threads", { kind: "threads" })}) { return; }`);
  const groups = field("groups", { kind: "groups" });
  line(`let group = ${field("first_group", { kind: "firstGroup" })} + thread % ${groups};`);
  if (listed.length > 0) line(`${listed.length > 1 ? "var" : "let"} rest = thread / ${groups};`);
  const terms = { source: [] as string[], target: [] as string[] };
  for (let dimension = listed.length - 1; dimension >= 0; dimension--) {
    const count = field(`count${dimension}`, { kind: "count", dimension });
    line(`let place${dimension} = ${dimension === 0 ? "rest" : `rest % ${count}`};`);
    if (dimension > 0) line(`rest /= ${count};`);
    for (const of of ["source", "target"] as const) {
      const position = listed[dimension]![of]
        ? table(`${field(`${of}_list${dimension}`, { kind: "list", of, dimension })} + place${dimension}`)
        : `(${field(`${of}_start${dimension}`, { kind: "start", of, dimension })} + place${dimension})`;
      terms[of].unshift(`${position} * ${field(`${of}_stride${dimension}`, { kind: "stride", of, dimension })}`);
    }
  }
  const row = (of: CopyEnd): string => [...terms[of], field(`${of}_offset`, { kind: "offset", of })].join(" + ");
  line(`let source_row = ${row("source")};`);
  line(`let at = ((${row("target")}) >> 2u) + group;`);

  const dimension = listed.length;
  say("Which of the four belong to the region, and their positions in that row.");
  if (last === "listed") {
    line(`let first = ${field("positions", { kind: "positions" })} + 4 * group;`);
    const lanes = [0, 1, 2, 3].map((lane) => table(`first + ${lane}`));
    line(`let positions = vec4i(${lanes.join(", ")});`);
    line("let mask = positions >= vec4i(0);");
  } else {
    const start = field(`target_start${dimension}`, { kind: "start", of: "target", dimension });
    const count = field(`count${dimension}`, { kind: "count", dimension });
    line(`let mask = ${lanesAmong(writer, "4 * group", start, count)};`);
    line(`let positions = vec4i(4 * group + ${field("shift", { kind: "shift" })}) + vec4i(0, 1, 2, 3);`);
  }
  if (last === "fours") line("let value = source[(source_row + positions.x) >> 2u];");
  else {
    writer.declare(fetch(bytes));
    const stride = strided ? ` * ${field("source_stride", { kind: "stride", of: "source", dimension })}` : "";
    line(`let value = ${gathered(bytes, stride)};`);
  }
  if (bytes === 4) line("result[at] = select(result[at], value, mask);");
  else {
    say("Narrow elements share words: the bits of the others stay.");
    line(`let bits = ${maskBits(bytes)};`);
    line("result[at] = (result[at] & ~bits) | (value & bits);");
  }
  return writer.module(["Copies a region, four neighbours of the target an invocation."], signature);
}

/** The bits of an element of the source; of narrow ones several share a word. */
function fetch(bytes: 1 | 2 | 4): string {
  const body = {
    4: "source[index]",
    2: "(source[index >> 1u] >> (u32(index & 1) * 16u)) & 0xffffu",
    1: "(source[index >> 2u] >> (u32(index & 3) * 8u)) & 0xffu",
  }[bytes];
  return `fn fetch(index: i32) -> u32 {\n  return ${body};\n}`;
}

function gathered(bytes: 1 | 2 | 4, stride: string): string {
  const lane = (part: string): string => `fetch(source_row + positions.${part}${stride})`;
  const [x, y, z, w] = ["x", "y", "z", "w"].map(lane);
  if (bytes === 4) return `vec4u(${x}, ${y}, ${z}, ${w})`;
  if (bytes === 2) return `vec2u(${x} | (${y} << 16u), ${z} | (${w} << 16u))`;
  return `${x} | (${y} << 8u) | (${z} << 16u) | (${w} << 24u)`;
}

function maskBits(bytes: 1 | 2): string {
  const bit = (part: string, mask: string): string => `select(0u, ${mask}, mask.${part})`;
  if (bytes === 2) {
    const word = (low: string, high: string): string => `${bit(low, "0xffffu")} | ${bit(high, "0xffff0000u")}`;
    return `vec2u(${word("x", "y")}, ${word("z", "w")})`;
  }
  return ["x", "y", "z", "w"]
    .map((part, i) => bit(part, ["0xffu", "0xff00u", "0xff0000u", "0xff000000u"][i]!))
    .join(" | ");
}
