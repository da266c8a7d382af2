/** Which memory each task of a plan reads and writes: regions of buffers, by the plan's actions and the kernels' accesses. */
import { partsOf } from "../graph/execution-plan.js";
import type { BufferAlias, ExecutionPlan, Runs, TaskAction } from "../graph/execution-plan.js";
import { atSamePlaces } from "../graph/layout.js";
import { createRunsNumbers } from "../graph/runs-numbers.js";
import { difference, intersect, type Region } from "../graph/runs.js";
import { collectAccesses, dependsOnVariables, type Access } from "../lower/access.js";
import { forEachImage } from "../lower/image.js";

/** What is read at once of a buffer; of reads of the same regions, one object. */
export interface Image {
  readonly regions: readonly Region[];
}

export interface AccessVisitor {
  write(buffer: number, region: Region): void;
  read(buffer: number, image: Image): void;
}

export interface Pass {
  readonly task: number;
  readonly from: number;
  readonly alias: BufferAlias;
}

/** How to visit what an action writes, and what it reads. */
export interface TaskAccesses {
  writesOf(action: TaskAction, visitor: Pick<AccessVisitor, "write">): void;
  readsOf(action: TaskAction, visitor: Pick<AccessVisitor, "read">): void;
  /** Number of runs, by what they hold. */
  numberOf(runs: Runs): number;
  /** Numbers and images are made anew from now on: those of one rank are of little use on the next. */
  forget(): void;
  /** What tasks pass on that others have written, beside what they do: of a buffer as much as is written there. */
  readonly passes: readonly Pass[];
  /** What lies in a region of the aliased buffer is written where the alias says. */
  passOn(alias: BufferAlias, region: Region, visitor: Pick<AccessVisitor, "write">): void;
  /** Of a buffer that holds the identity: what others are passed on to, which is not as it was before the run. */
  passedTo(buffer: number): readonly Region[];
  /** Where else lies what is there in a buffer before the run, an input or the identity. */
  givenBy(buffer: number, visitor: Pick<AccessVisitor, "write">): void;
}

export function taskAccesses(plan: ExecutionPlan): TaskAccesses {
  let numbers = createRunsNumbers();
  const numberOf = (runs: Runs): number => numbers(runs);
  const accesses = plan.kernels.map((kernel) =>
    collectAccesses(kernel).map((access) => ({
      // Where a reduction around it has nothing to go over, nothing is read.
      ...{
        access,
        variables: [...new Set([...dependsOnVariables(access), ...access.unnamed])],
        images: new ImageTable(),
      },
    })),
  );
  const passes = plan.buffers.flatMap(({ aliases }, from) =>
    aliases.flatMap((alias): Pass[] =>
      // One that is not there any more passes on nothing.
      alias.by === undefined || plan.graph.instance[alias.by]! < 0 ? [] : [{ task: alias.by, from, alias }],
    ),
  );
  let regions = new ImageTable();

  function write(buffer: number, region: Region, visitor: Pick<AccessVisitor, "write">): void {
    visitor.write(buffer, region);
    for (const alias of plan.buffers[buffer]!.aliases) if (alias.by === undefined) passOn(alias, region, visitor);
  }

  function passOn(alias: BufferAlias, region: Region, visitor: Pick<AccessVisitor, "write">): void {
    const common = region.map((runs, d) => intersect(runs, alias.region[d]!));
    if (common.some((runs) => runs.length === 0)) return;
    const place = alias.onto?.map(({ runs, from }) =>
      from === undefined ? runs : atSamePlaces(common[from]!, alias.region[from]!, runs),
    );
    write(alias.buffer, place ?? common, visitor);
  }

  const passedTo = new Map<number, Region[]>();
  for (const { aliases } of plan.buffers)
    for (const alias of aliases)
      passOn(alias, alias.region, {
        write(buffer, region) {
          if (plan.buffers[buffer]!.fill === undefined) return;
          passedTo.set(buffer, [...(passedTo.get(buffer) ?? []), region]);
        },
      });

  function readOperands(action: Extract<TaskAction, { kind: "compute" }>, visitor: Pick<AccessVisitor, "read">): void {
    const ranges = (variable: number): Runs => action.region[variable] ?? action.ranges[variable]!;
    for (const { access, variables, images } of accesses[action.kernel]!) {
      const buffer = action.operands[access.operand];
      // An operand that is not there on a rank is read by nobody: its image is empty.
      if (buffer === undefined) continue;
      const at = images.at(variables, (variable) => numberOf(ranges(variable)));
      visitor.read(buffer, (at.image ??= { regions: imagesOf(access, ranges) }));
    }
  }

  function imagesOf(access: Access, ranges: (variable: number) => Runs): Region[] {
    const images: Region[] = [];
    forEachImage(access, ranges, plan.tables, (image) => images.push([...image]));
    return images;
  }

  const readRegion = (buffer: number, region: Region, visitor: Pick<AccessVisitor, "read">): void => {
    const at = regions.at(region, numberOf);
    visitor.read(buffer, (at.image ??= { regions: [region] }));
  };

  return {
    writesOf(action, visitor) {
      if (action.kind === "compute") {
        if (action.accumulate?.last ?? true) write(action.output, action.region, visitor);
        else visitor.write(action.output, action.region);
      } else if (action.kind === "copy") {
        for (const { to, region, place } of partsOf(action)) write(to, place ?? region, visitor);
      } else if (action.kind === "combine") write(action.into, action.region, visitor);
    },
    readsOf(action, visitor) {
      if (action.kind === "compute") readOperands(action, visitor);
      else if (action.kind === "copy") {
        for (const { from, region } of partsOf(action)) readRegion(from, region, visitor);
      } else if (action.kind === "combine") {
        readRegion(action.left, action.region, visitor);
        readRegion(action.right, action.region, visitor);
      }
    },
    numberOf,
    forget() {
      numbers = createRunsNumbers();
      regions = new ImageTable();
      for (const own of accesses.flat()) own.images = new ImageTable();
    },
    passes,
    passOn,
    passedTo: (buffer) => passedTo.get(buffer) ?? [],
    givenBy(buffer, visitor) {
      const { role, fill, domain, aliases } = plan.buffers[buffer]!;
      if (role !== "input" && fill === undefined) return;
      let given: readonly Region[] = [domain];
      for (const passed of passedTo.get(buffer) ?? []) given = given.flatMap((region) => outside(region, passed));
      for (const alias of aliases)
        if (alias.by === undefined) for (const region of given) passOn(alias, region, visitor);
    },
  };
}

/** What a region has beside another one, in products. */
function outside(region: Region, other: Region): Region[] {
  return region
    .map((runs, d): Region => [
      ...region.slice(0, d).map((own, before) => intersect(own, other[before]!)),
      difference(runs, other[d]!),
      ...region.slice(d + 1),
    ])
    .filter((part) => part.every((runs) => runs.length > 0));
}

/** Images by what they are made of: a tree of a level a number. */
class ImageTable {
  private readonly root: ImageEntry = {};

  at<K>(keys: readonly K[], numberOf: (key: K) => number): ImageEntry {
    let entry = this.root;
    for (const key of keys) {
      const number = numberOf(key);
      const below = (entry.below ??= new Map());
      let next = below.get(number);
      if (next === undefined) below.set(number, (next = {}));
      entry = next;
    }
    return entry;
  }
}

interface ImageEntry {
  below?: Map<number, ImageEntry>;
  image?: Image;
}
