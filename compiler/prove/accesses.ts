/** Which memory each task of a plan reads and writes: regions of buffers, by the plan's actions and the kernels' accesses. */
import { partsOf } from "../graph/execution-plan.js";
import type { BufferAlias, ExecutionPlan, Runs, TaskAction } from "../graph/execution-plan.js";
import { atSamePlaces } from "../graph/layout.js";
import { difference, intersect, type Region } from "../graph/runs.js";
import { collectAccesses, dependsOnVariables } from "../lower/access.js";
import { forEachImage } from "../lower/image.js";
import { NumberedRuns } from "./numbered-runs.js";
import { PairNumbers } from "./pair-numbers.js";

export interface AccessVisitor {
  write(buffer: number, region: Region): void;
  /** Whether it matters which image of a buffer is read. */
  wantsImage(buffer: number): boolean;
  /** @param image number of what is read at once, the same for the same regions; -1 where it does not matter */
  read(buffer: number, image: number): void;
}

export interface Pass {
  readonly task: number;
  readonly from: number;
  readonly alias: BufferAlias;
}

type ReadVisitor = Pick<AccessVisitor, "wantsImage" | "read">;

/** How to visit what an action writes, and what it reads. */
export interface TaskAccesses {
  writesOf(action: TaskAction, visitor: Pick<AccessVisitor, "write">): void;
  readsOf(action: TaskAction, visitor: ReadVisitor): void;
  /** Number of images: each is below it. */
  readonly imageCount: number;
  /** The regions of an image. */
  regionsOf(image: number): Region[];
  readonly runs: NumberedRuns;
  /** Runs and images are numbered anew from now on: those of one rank are of little use on the next. */
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
  let runs = new NumberedRuns();
  /** A buffer, then the runs of each variable that an access depends on, or of each dimension: a chain that begins with who reads. */
  let images = new PairNumbers();
  let readCount = 0;
  const reads = plan.kernels.map((kernel) =>
    collectAccesses(kernel).map((access) => ({
      access,
      // Where a reduction around it has nothing to go over, nothing is read.
      variables: [...new Set([...dependsOnVariables(access), ...access.unnamed])],
      begin: -1 - readCount++,
    })),
  );
  const allReads = reads.flat();
  const beginOfRegion = -1 - readCount;
  const passes = plan.buffers.flatMap(({ aliases }, from) =>
    aliases.flatMap((alias): Pass[] =>
      // One that is not there any more passes on nothing.
      alias.by === undefined || plan.graph.instance[alias.by]! < 0 ? [] : [{ task: alias.by, from, alias }],
    ),
  );

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

  function readOperands(action: Extract<TaskAction, { kind: "compute" }>, visitor: ReadVisitor): void {
    for (const { access, variables, begin } of reads[action.kernel]!) {
      const buffer = action.operands[access.operand];
      // An operand that is not there on a rank is read by nobody: its image is empty.
      if (buffer === undefined) continue;
      let image = -1;
      if (visitor.wantsImage(buffer)) {
        image = images.of(begin, buffer);
        for (const variable of variables) image = images.of(image, runs.numberOf(action.ranges[variable]!));
      }
      visitor.read(buffer, image);
    }
  }

  function readRegion(buffer: number, region: Region, visitor: ReadVisitor): void {
    let image = -1;
    if (visitor.wantsImage(buffer)) {
      image = images.of(beginOfRegion, buffer);
      for (const own of region) image = images.of(image, runs.numberOf(own));
    }
    visitor.read(buffer, image);
  }

  function regionsOf(image: number): Region[] {
    const reversed: Runs[] = [];
    let at = image;
    for (; images.firstOf(at) >= 0; at = images.firstOf(at)) reversed.push(runs.at(images.secondOf(at)));
    const chain = reversed.toReversed();
    const read = allReads[-1 - images.firstOf(at)];
    if (read === undefined) return [chain];
    const { access, variables } = read;
    const found: Region[] = [];
    const ranges = (variable: number): Runs => chain[variables.indexOf(variable)]!;
    forEachImage(access, ranges, plan.tables, (region) => found.push([...region]));
    return found;
  }

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
    get imageCount() {
      return images.count;
    },
    regionsOf,
    get runs() {
      return runs;
    },
    forget() {
      runs = new NumberedRuns();
      images = new PairNumbers();
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
