/** Predictions of all schedules of open documents, made in the background after the last edit, and kept by what they depend on. */
import type { LayerDecl, ScheduleDecl } from "../../grammar/ast.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { pathText } from "../../compiler/check/schedules.js";
import type { Analysis } from "../documents/analysis.js";
import type { Workspace } from "../documents/workspace.js";
import { contentKeys } from "./content-key.js";
import type { Snapshot } from "../documents/snapshot.js";
import type { PredictedSchedule } from "./jobs.js";
import { Refusals } from "./refusals.js";
import type { Outcome, Pending, Runner } from "./runner.js";

/** From the last edit to the first prediction, ms. */
const pause = 300;
/** Predictions that are kept. */
const mostKept = 500;

/** `undefined`: not known yet. */
export type Predicted = Outcome<PredictedSchedule> | undefined;

interface Wanted {
  readonly key: string;
  readonly analysis: Analysis;
  readonly snapshot: Snapshot;
  /** Index among the schedules of the program. */
  readonly schedule: number;
}

export class Predictions {
  private readonly known = new Map<string, Outcome<PredictedSchedule>>();
  private readonly pending = new Map<string, Pending<PredictedSchedule>>();
  private readonly keys = new WeakMap<Analysis, readonly string[]>();
  private readonly refusals = new Refusals();
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

  /** Why schedules of a document cannot be planned, as far as that is known. */
  refusalsOf(analysis: Analysis): Diagnostic[] {
    const schedules = schedulesOf(analysis);
    // Diagnostics wait for this: of a program that can be planned, no key is worked out for it.
    if (!schedules.some((schedule) => this.refusals.isNoted(schedule))) return [];
    const keys = this.keysOf(analysis);
    if (keys.length === 0) return [];
    const all = schedules.flatMap((schedule, index) => {
      const known = this.known.get(keys[index]!);
      // What was last found stands until there is something new.
      return known === undefined || "refused" in known ? this.refusals.of(analysis, schedule) : [];
    });
    // What is wrong with a layer is found with each of its schedules.
    return [...new Map(all.map((one) => [`${one.code} ${one.location.span.start} ${one.message}`, one])).values()];
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
    for (const wanted of this.wanted().values()) {
      const { key, snapshot, schedule } = wanted;
      if (this.isKnown(wanted) || this.pending.has(key)) continue;
      const pending = this.runner.ask(snapshot, { kind: "predict", schedule }, { isUrgent: false });
      this.pending.set(key, pending);
      void pending.outcome.then((outcome) => this.take(wanted, pending, outcome));
    }
  }

  /** Of what cannot be planned, the places as well: they move with what the prediction does not depend on. */
  private isKnown({ key, analysis, schedule }: Wanted): boolean {
    const known = this.known.get(key);
    if (known === undefined || !("refused" in known)) return known !== undefined;
    return this.refusals.has(analysis, schedulesOf(analysis)[schedule]!);
  }

  private take(wanted: Wanted, pending: Pending<PredictedSchedule>, outcome: Outcome<PredictedSchedule>): void {
    const { key, analysis, schedule } = wanted;
    if (this.pending.get(key) !== pending) return;
    this.pending.delete(key);
    this.known.set(key, outcome);
    if ("refused" in outcome) {
      // Places are of the text that was asked about.
      const isCurrent = this.workspace.analysisOf(analysis.uri) === analysis;
      if (isCurrent) this.refusals.note(analysis, schedulesOf(analysis)[schedule]!, outcome.refused);
      else this.update();
    }
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
        if (!wanted.has(key)) wanted.set(key, { key, analysis, snapshot, schedule });
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
