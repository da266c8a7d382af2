/** The background's side: answers jobs one at a time, and keeps what it made of a program for the next about the same. */
import type { ReadResult, SourceHost } from "../../compiler/bind/source-host.js";
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import type { ScheduleIR } from "../../compiler/check/ir.js";
import type { Attempt } from "../../evidence/attempt.js";
import type { CaseOptions } from "../../evidence/cases.js";
import { loadFrom, type LoadAttempt } from "../../evidence/load.js";
import { planOne } from "../../evidence/plan.js";
import { predict, type Prediction } from "../../evidence/predict.js";
import type { RankPool } from "../../runtime/ranks/pool.js";
import { drawTimeline } from "./draw-timeline.js";
import type { Snapshot } from "../documents/snapshot.js";
import type { Ask, Job, JobAnswer } from "./jobs.js";
import { predictedSchedule } from "./predict-schedule.js";
import { runChecks } from "./run-checks.js";
import { statementGraph } from "./statement-graph.js";
import { whyWaits } from "./why-waits.js";

/** Where the background gets what no snapshot holds. */
export interface Surroundings {
  /** Reads the standard library. */
  readonly standard: SourceHost;
  /** Made when a check first computes results; absent where there are no workers: they are computed on this thread. */
  readonly createPool?: () => RankPool;
}

const missing: ReadResult = { problem: { kind: "missing" } };

/** Tasks of the graphs that are kept, together: some hundred bytes each. */
const mostKeptTasks = 2e6;

/** Answers one job after the other; never throws. */
export function createWork({ standard, createPool }: Surroundings): (job: Job) => Promise<JobAnswer> {
  let known: { readonly key: string; readonly program: SnapshotProgram } | undefined;
  let pool: RankPool | undefined;

  function programOf(snapshot: Snapshot): SnapshotProgram {
    const key = JSON.stringify(snapshot);
    if (known?.key !== key) known = { key, program: new SnapshotProgram(snapshot, standard) };
    return known.program;
  }

  function answer(ask: Ask, program: SnapshotProgram): Attempt<unknown> | Promise<Attempt<unknown>> {
    switch (ask.kind) {
      case "predict":
        return program.predicted(ask.schedule);
      case "prove":
        return program.proved(ask.schedule);
      case "checks":
        pool ??= createPool?.();
        return runChecks(program.file, (options, size) => program.load(options, size), ask, pool);
      default: {
        const found = program.prediction(ask.schedule);
        if (!("value" in found)) return found;
        if (ask.kind === "timeline") return { value: drawTimeline(found.value) };
        if (ask.kind === "graph") return { value: statementGraph(found.value.planned.graph) };
        return whyWaits(found.value, ask.task, program.sources);
      }
    }
  }

  return async ({ id, snapshot, ask }) => {
    try {
      const found = await answer(ask, programOf(snapshot));
      if ("value" in found) return { id, value: found.value };
      return { id, refused: found.diagnostics };
    } catch (error) {
      return { id, fault: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** A program as a snapshot has it, and the predictions of its schedules, made when asked for. */
class SnapshotProgram {
  private readonly host: SourceHost;
  private readonly full: LoadAttempt;
  private readonly predictions = new Map<number, Attempt<Prediction>>();

  constructor(
    private readonly snapshot: Snapshot,
    standard: SourceHost,
  ) {
    const texts = new Map<string, ReadResult>(snapshot.texts);
    this.host = { read: (path) => texts.get(path) ?? (isStandardPath(path) ? standard.read(path) : missing) };
    this.full = this.load({}, "full");
  }

  get file(): string {
    return this.snapshot.path;
  }

  get sources(): ReadonlyMap<string, string> {
    return this.full.sources;
  }

  load({ profile, set }: CaseOptions, size: "full" | "small"): LoadAttempt {
    const { path, profileIfThere, machine } = this.snapshot;
    const otherwise = size === "small" ? (profileIfThere ?? "small") : profileIfThere;
    return loadFrom(this.host, path, {
      ...(profile !== undefined && { profile }),
      ...(otherwise !== undefined && { profileIfThere: otherwise }),
      ...(set !== undefined && { set }),
      ...(machine !== undefined && { machine }),
    });
  }

  predicted(index: number): Attempt<unknown> {
    const own = this.prediction(index);
    if (!("value" in own)) return own;
    const { schedules } = this.full.loaded!.program;
    const first = schedules.findIndex(({ layer }) => layer === schedules[index]!.layer);
    const baseline = first === index ? undefined : this.prediction(first);
    return { value: predictedSchedule(own.value, baseline && "value" in baseline ? baseline.value : undefined) };
  }

  /** Whether it can be lowered, planned and proved. */
  proved(name: string): Attempt<true> {
    const { loaded, diagnostics } = this.full;
    const schedule = loaded?.program.schedules.find((one) => one.name === name);
    if (schedule === undefined) return { diagnostics };
    const planned = planOne(loaded!.program, schedule);
    return "value" in planned ? { value: true } : planned;
  }

  prediction(index: number): Attempt<Prediction> {
    const known = this.predictions.get(index);
    if (known) return known;
    const made = this.predict(this.full.loaded?.program.schedules[index]);
    this.predictions.set(index, made);
    this.dropOldest(index);
    return made;
  }

  private predict(schedule: ScheduleIR | undefined): Attempt<Prediction> {
    if (schedule === undefined) return { diagnostics: this.full.diagnostics };
    const planned = planOne(this.full.loaded!.program, schedule);
    return "value" in planned ? { value: predict(planned.value) } : planned;
  }

  private dropOldest(newest: number): void {
    const size = (made: Attempt<Prediction>) => ("value" in made ? made.value.planned.graph.taskCount : 0);
    let tasks = [...this.predictions.values()].reduce((sum, made) => sum + size(made), 0);
    for (const [index, made] of this.predictions) {
      if (tasks <= mostKeptTasks) return;
      if (index === newest) continue;
      this.predictions.delete(index);
      tasks -= size(made);
    }
  }
}
