import { emitChakra } from "../../compiler/emit/chakra/chakra.js";
import type { CollectivesAs } from "../../compiler/emit/chakra/chakra.js";
import type { EmittedFile } from "../../compiler/emit/files.js";
import { emitGoal } from "../../compiler/emit/goal/goal.js";
import { emitGraph } from "../../compiler/emit/graph.js";
import type { ReplayTimes } from "../../compiler/emit/replay/operation.js";
import { emitTrace } from "../../compiler/emit/trace.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import type { PlannedSchedule } from "../../compiler/program.js";
import type { LoadedProgram } from "../../evidence/load.js";
import { predict } from "../../evidence/predict.js";
import { replayTimes } from "./replay-times.js";
import { whyNotComputed, whyNotOnDevice } from "../../evidence/runnable.js";
import { shipPackage } from "./ship-package.js";
import { positionsIn } from "../../evidence/source-places.js";

/** What a schedule can be written as. */
export interface Target {
  readonly what: string;
  /** Which of the files goes to standard output without `--out`; absent where none says it all. */
  readonly alone?: string;
  /** Whether the files stand in a folder of their own; else the only one is SCHEDULE.NAME. */
  readonly isFolder: boolean;
  /** Paths of files that an earlier run may have left in the folder, of which the next reader would take too many. */
  readonly leftOver?: RegExp;
  /** Whether it can say a collective as one operation. */
  readonly hasCollectives?: boolean;
  /** Why a schedule cannot be written as this; absent: each can. */
  readonly refuse?: (planned: PlannedSchedule) => Diagnostic | undefined;
  emit(planned: PlannedSchedule, loaded: LoadedProgram, collectives: CollectivesAs): readonly EmittedFile[];
}

export const targets: Readonly<Record<string, Target>> = {
  graph: {
    what: "the task graph",
    alone: "graph.json",
    isFolder: false,
    emit: (planned) => [{ name: "graph.json", chunks: emitGraph(planned.graph) }],
  },
  trace: {
    what: "the predicted timeline, as Chrome trace JSON",
    alone: "trace.json",
    isFolder: false,
    emit: (planned, { sources }) => {
      const { timeline } = predict(planned);
      const chunks = emitTrace(planned.graph, timeline, { positionOf: positionsIn(sources) });
      return [{ name: "trace.json", chunks }];
    },
  },
  chakra: {
    what: "a trace a rank for ASTRA-sim; README.txt says how to run it and what differs from the schedule",
    isFolder: true,
    leftOver: /^(?:trace\.\d+\.et|comm_groups\.json)$/,
    hasCollectives: true,
    emit: (planned, _, collectives) =>
      emitChakra(planned.schedule.name, planned.graph, planned.program.machine, timesOf(planned), collectives),
  },
  goal: {
    what: "GOAL for LogGOPSim and ATLAHS; README.txt says how to run it and what differs from the schedule",
    alone: "schedule.goal",
    isFolder: true,
    emit: (planned) => emitGoal(planned.schedule.name, planned.graph, planned.program.machine, timesOf(planned)),
  },
  webgpu: {
    what: "a package that runs in browsers and in Node; README.md says how",
    isFolder: true,
    leftOver: /^kernels\/.+\.wgsl$/,
    refuse: ({ layer }) => whyNotComputed(layer) ?? whyNotOnDevice(layer),
    emit: (planned, loaded) => shipPackage(planned, loaded),
  },
};

function timesOf(planned: PlannedSchedule): ReplayTimes {
  const { timeline } = predict(planned);
  return replayTimes(planned.graph, planned.program.machine, timeline);
}
