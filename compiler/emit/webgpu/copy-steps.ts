/** Dispatches that copy a region of a tensor to a region of another. */
import type { Runs } from "../../graph/execution-plan.js";
import { InternalFault } from "../../diagnostics/internal-fault.js";
import { positionMapOf } from "../../graph/layout.js";
import { forEachIndex, runsLength } from "../../graph/runs.js";
import { copyWorkgroup, generateCopy } from "./kernels/copy.js";
import type { CopyEnd, CopyKey, CopyVariant } from "./kernels/copy.js";
import type { DeviceTensor } from "./tensors.js";
import type { KernelsPool, StepWriter } from "./steps.js";
import { formatOf } from "./text/formats.js";
import type { WgslModule } from "./text/writer.js";

/** A tensor and a region of it, in global indices. */
export interface Region {
  readonly tensor: DeviceTensor;
  readonly region: readonly Runs[];
}

export interface CopySteps {
  /**
   * The regions have as many indices, row-major, and, but for dimensions of which they have one index, as many a dimension;
   * the tensors have elements of as many bytes.
   */
  add(source: Region, target: Region, steps: StepWriter): void;
}

export function createCopySteps(kernels: KernelsPool): CopySteps {
  const modules = new Map<string, { number: number; module: WgslModule<CopyKey> }>();
  const moduleOf = (variant: CopyVariant) => {
    const key = JSON.stringify(variant);
    let made = modules.get(key);
    if (made === undefined) {
      const module = generateCopy(variant);
      made = { number: kernels.number("copy", module), module };
      modules.set(key, made);
    }
    return made;
  };
  return {
    add(source, target, steps) {
      if (target.region.some((runs) => runs.length === 0)) return;
      const { dimensions, offsets } = matched(source, target);
      const bytes = formatOf(target.tensor.dtype).bytes;
      const last = dimensions.at(-1)!;
      const shift = last.source.start - last.target.start;
      const strided = last.source.stride !== 1 && last.source.count > 1;
      const isAdded = last.source.list === undefined && last.target.list === undefined;
      const { number, module } = moduleOf({
        ...{ bytes, strided },
        listed: dimensions.slice(0, -1).map((dimension) => ({
          source: dimension.source.list !== undefined,
          target: dimension.target.list !== undefined,
        })),
        last: !isAdded ? "listed" : (offsets.source + shift) % 4 === 0 && !strided ? "fours" : "added",
      });
      const firstGroup = Math.floor(last.target.start / 4);
      const groups = Math.floor(last.target.end / 4) - firstGroup + 1;
      const threads = dimensions.slice(0, -1).reduce((count, { target: own }) => count * own.count, groups);
      const valueOf = (key: CopyKey): number => {
        switch (key.kind) {
          case "stride":
          case "start":
            return dimensions[key.dimension]![key.of][key.kind];
          case "list":
            return steps.tables.add(dimensions[key.dimension]![key.of].list!);
          case "count":
            return dimensions[key.dimension]!.target.count;
          case "offset":
            return offsets[key.of] + (key.of === "source" ? source : target).tensor.firstByte / bytes;
          case "firstGroup":
            return firstGroup;
          case "groups":
            return groups;
          case "shift":
            return shift;
          case "positions":
            return steps.tables.add(sourceByTarget(last, firstGroup, groups)) - 4 * firstGroup;
          case "threads":
            return threads;
        }
      };
      steps.add({
        kernel: number,
        fields: module.fields.map(({ key }) => valueOf(key)),
        places: [source.tensor.place, target.tensor.place],
        workgroups: Math.ceil(threads / copyWorkgroup),
      });
    },
  };
}

/** The positions of a dimension's indices: neighbours from `start` to `end`, or a list. */
interface Positions {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly stride: number;
  readonly list?: readonly number[];
}
type Dimension = Readonly<Record<CopyEnd, Positions>>;
const single: Positions = { start: 0, end: 0, count: 1, stride: 0 };

/** The dimensions of both regions, one with one. What has one index alone is an offset, but for the target's last dimension. */
function matched(source: Region, target: Region): { dimensions: Dimension[]; offsets: Record<CopyEnd, number> } {
  const offsets = { source: 0, target: 0 };
  const [from, to] = [positionsOf(source), positionsOf(target)];
  const kept = (all: readonly Positions[], of: CopyEnd, keepsLast: boolean): Positions[] =>
    all.filter((positions, d) => {
      if (positions.count > 1 || (keepsLast && d === all.length - 1)) return true;
      offsets[of] += positions.start * positions.stride;
      return false;
    });
  const sources = kept(from, "source", false);
  const targets = kept(to, "target", true);
  const dimensions = targets.map((own): Dimension => ({
    target: own,
    source: own.count > 1 ? (sources.shift() ?? single) : single,
  }));
  if (dimensions.length === 0) dimensions.push({ source: single, target: single });
  if (sources.length > 0 || dimensions.some((each) => each.source.count !== each.target.count))
    throw new InternalFault("emit", "a region is copied to one of another shape");
  return { dimensions, offsets };
}

function positionsOf({ tensor, region }: Region): Positions[] {
  return region.map((runs, d) => {
    const map = tensor.maps[d];
    const stride = tensor.strides[d]!;
    const count = runsLength(runs);
    if (map === undefined && runs.length === 2) {
      const start = runs[0]! - (tensor.domain[d]![0] ?? 0);
      return { start, end: start + count - 1, count, stride };
    }
    const { positions, first } = map ?? positionMapOf(tensor.domain[d]!);
    const list: number[] = [];
    forEachIndex(runs, (index) => list.push(positions[index - first]!));
    const [start, end] = [list[0]!, list.at(-1)!];
    return { start, end, count, stride, ...(end - start !== count - 1 && { list }) };
  });
}

/** The source's position for each of the target's in some groups of four, or -1. */
function sourceByTarget({ source, target }: Dimension, firstGroup: number, groups: number): number[] {
  const found = Array.from({ length: 4 * groups }, () => -1);
  for (let i = 0; i < target.count; i++) {
    const at = target.list?.[i] ?? target.start + i;
    found[at - 4 * firstGroup] = source.list?.[i] ?? source.start + i;
  }
  return found;
}
