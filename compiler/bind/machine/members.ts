import type { Path, PathSegment } from "../../../grammar/ast.js";
import { didYouMean, nearestName } from "../suggest.js";
import type { MachineContext } from "./context.js";
import type { Member } from "./ends.js";
import type { MachinePart } from "./shape.js";

/**
 * What a path of a machine names: `gpu` or `gpu[*]` each rank of that kind, `gpu[3]` one, `node` each instance of a
 * level, `node[1]` one, `node.gpu` each such rank of all instances. Undefined where it names nothing, which is reported.
 */
export function membersNamed(
  path: Path,
  parts: readonly MachinePart[],
  context: MachineContext,
): readonly Member[] | undefined {
  let within: readonly Member[] = [{ first: 0, size: 0, name: "" }];
  let inner: readonly MachinePart[] = parts;
  for (const segment of path.segments) {
    const part = inner.find((one) => one.name === segment.name.text);
    if (!part) return refuse(path, segment, inner, context);
    const index = indexOf(segment, part, context);
    if (index === undefined) return undefined;
    const numbers = index === "*" ? Array.from({ length: part.count }, (_, number) => number) : [index];
    const size = part.kind === "level" ? part.shape.rankCount : 1;
    within = within.flatMap((around) =>
      numbers.map((number) => ({
        first: around.first + part.first + number * size,
        size,
        name: `${around.name === "" ? "" : `${around.name}.`}${part.name}[${number}]`,
      })),
    );
    inner = part.kind === "level" ? part.shape.parts : [];
  }
  return within;
}

function indexOf(segment: PathSegment, part: MachinePart, context: MachineContext): number | "*" | undefined {
  if (segment.index === undefined || segment.index === "*") return "*";
  const what = `The number of a \`${segment.name.text}\``;
  const index = context.count(segment.index, what, 0);
  if (index !== undefined && index < part.count) return index;
  if (index !== undefined) {
    const parts = { what, expected: `at most ${part.count - 1}`, value: index };
    context.diagnostics.report("value-out-of-range", context.locate(segment.index), parts);
  }
  context.refused = true;
  return undefined;
}

function refuse(path: Path, segment: PathSegment, parts: readonly MachinePart[], context: MachineContext): undefined {
  const name = segment.name.text;
  const level = parts.find((one) => one.kind === "level" && one.shape.parts.some((inner) => inner.name === name));
  const near = nearestName(
    name,
    parts.map((one) => one.name),
  );
  const hint = level ? ` Did you mean \`${level.name}.${name}\`?` : didYouMean(near);
  const expected = "a kind of rank or a level of this machine";
  // Where a rank was refused, the name may well be its.
  if (!context.refused) {
    const at = path.segments.length > 1 ? segment : path;
    context.diagnostics.report("unknown-name", context.locate(at), { name, expected, hint });
  }
  context.refused = true;
  return undefined;
}
