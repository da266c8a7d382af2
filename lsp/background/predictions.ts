/** Predictions of all schedules of open documents, made in the background after the last edit, and kept by what they depend on. */
import type { LayerDecl, ScheduleDecl } from "../../grammar/ast.js";
import { pathText } from "../../compiler/check/schedules.js";
import type { Analysis } from "../documents/analysis.js";
import type { Workspace } from "../documents/workspace.js";
import { contentKeys } from "./content-key.js";
import type { Snapshot } from "../documents/snapshot.js";
import type { PredictedSchedule } from "./jobs.js";
import type { Outcome, Pending, Runner } from "./runner.js";

/** From the last edit to the first prediction, ms. */
const pause = 300;
/** Predictions that are kept. */
const mostKept = 500;

/** `undefined`: not known yet. */
export type Predicted = Outcome<PredictedSchedule> | undefined;

interface Wanted {
  readonly key: string;
  readonly snapshot: Snapshot;
  /** Index among the schedules of the program. */
  readonly schedule: number;
}

export class Predictions {
  private readonly known = new Map<string, Outcome<PredictedSchedule>>();
  private readonly pending = new Map<string, Pending<PredictedSchedule>>();
  private readonly keys = new WeakMap<Analysis, readonly string[]>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onNews is told when there is something new to show */
  constructor(
    private readonly workspace: Workspace,
    private readonly runner: Runner,
    private readonly onNews: () => void,
  ) {}

  /** What is known of a schedule of a document; never waits. */
  of(analysis: Analysis, schedule: ScheduleDecl): Predicted {
    const place = schedulesOf(analysis).indexOf(schedule);
    const key = this.keysOf(analysis)[place];
    return key === undefined ? undefined : this.known.get(key);
  }

  /** Of a layer's last schedule, which is the one that a run without a name takes. */
  ofLayer(analysis: Analysis, { name }: LayerDecl): { schedule: ScheduleDecl; predicted: Predicted } | undefined {
    const schedule = schedulesOf(analysis).findLast(({ layer }) => pathText(layer) === name.text);
    return schedule && { schedule, predicted: this.of(analysis, schedule) };
  }

  /** Documents are not what they were: what nobody will look at any more is given up, the rest is begun after a pause. */
  update(): void {
    clearTimeout(this.timer);
    const wanted = this.wanted();
    for (const [key, pending] of this.pending) {
      if (wanted.has(key)) continue;
      this.pending.delete(key);
      pending.cancel();
    }
    this.timer = setTimeout(() => this.begin(), pause);
  }

  /** What failed may not fail with other settings. */
  forgetFailures(): void {
    for (const [key, outcome] of this.known) if ("failed" in outcome) this.known.delete(key);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private begin(): void {
    for (const [key, { snapshot, schedule }] of this.wanted()) {
      if (this.known.has(key) || this.pending.has(key)) continue;
      const pending = this.runner.ask(snapshot, { kind: "predict", schedule }, { isUrgent: false });
      this.pending.set(key, pending);
      void pending.outcome.then((outcome) => this.take(key, pending, outcome));
    }
  }

  private take(key: string, pending: Pending<PredictedSchedule>, outcome: Outcome<PredictedSchedule>): void {
    if (this.pending.get(key) !== pending) return;
    this.pending.delete(key);
    this.known.set(key, outcome);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= mostKept) break;
      this.known.delete(oldest);
    }
    this.onNews();
  }

  /** By key; of documents whose front has no errors. */
  private wanted(): Map<string, Wanted> {
    const wanted = new Map<string, Wanted>();
    for (const uri of this.workspace.uris()) {
      const analysis = this.workspace.analysisOf(uri);
      if (analysis === undefined || !canBePlanned(analysis)) continue;
      const snapshot = this.workspace.snapshotOf(uri)!;
      this.keysOf(analysis).forEach((key, schedule) => {
        if (!wanted.has(key)) wanted.set(key, { key, snapshot, schedule });
      });
    }
    return wanted;
  }

  /** In the order of the schedules; none where the front has errors. */
  private keysOf(analysis: Analysis): readonly string[] {
    let keys = this.keys.get(analysis);
    if (keys === undefined) {
      const snapshot = canBePlanned(analysis) ? this.workspace.snapshotOf(analysis.uri) : undefined;
      keys = snapshot ? contentKeys(snapshot, analysis.tree.declarations) : [];
      this.keys.set(analysis, keys);
    }
    return keys;
  }
}

/** Whether the front has no error: then the program's schedules are those of the file, in its order. */
export function canBePlanned({ program, diagnostics }: Analysis): boolean {
  return program !== undefined && !diagnostics.some(({ severity }) => severity === "error");
}

export function schedulesOf({ tree }: Analysis): readonly ScheduleDecl[] {
  return tree.declarations.filter((node) => node.kind === "ScheduleDecl");
}
