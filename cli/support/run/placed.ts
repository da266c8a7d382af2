/** What a run is predicted on, and how slow its links are made. */
import { InvalidArgumentError } from "commander";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import type { LinkShape } from "../../../compiler/machine/link-shape.js";
import { asMeasured, withSlowLinks } from "../../../compiler/machine/measured-machine.js";
import type { Placed } from "../../../compiler/machine/measured-machine.js";
import type { PlannedSchedule } from "../../../compiler/program.js";
import { computeNanoseconds } from "../../../simulator/alone.js";
import { linkShape } from "../../../simulator/link-shape.js";
import { unfit } from "../calibration/load.js";
import type { LoadedCalibration } from "../calibration/load.js";

/**
 * `free`: links are as fast as this computer's; a number: the described machine's, so many times slower; `scaled`: as many times
 * slower as computing is here.
 */
export type Links = "free" | "scaled" | number;

export function linksOf(text: string): Links {
  if (text === "free" || text === "scaled") return text;
  const times = Number(text);
  if (Number.isFinite(times) && times > 0) return times;
  throw new InvalidArgumentError("It is free, scaled, or how many times slower than the machine's: 20000.");
}

export interface RunPlace {
  /** What the run is predicted on: the described machine, or this computer where it was measured. */
  readonly predicted: Placed;
  /** How many times slower than the described machine's links are; undefined where they are free. */
  readonly slower?: number;
  /** Of links that are slowed. */
  readonly shape?: LinkShape;
}

/** Where a schedule is run and predicted, or what is wrong with the calibration for it. */
export function placeRun(
  { graph, program: { machine }, schedule }: PlannedSchedule,
  links: Links,
  calibration: LoadedCalibration | undefined,
): RunPlace | { readonly problem: Diagnostic } {
  const described: Placed = { graph, machine };
  if (calibration !== undefined && calibration.machine.rankCount !== graph.rankCount) {
    const { name, rankCount } = calibration.machine;
    const reason = `${name} was measured with ${rankCount} ranks at once, and ${schedule.name} has ${graph.rankCount}`;
    return { problem: unfit(calibration.path, reason, graph.rankCount) };
  }
  const measured = calibration?.machine;
  const here = measured === undefined ? described : asMeasured(described, measured, false);
  if (links === "free") return { predicted: here };
  const slower =
    links === "scaled" ? computeNanoseconds(here.graph, here.machine) / computeNanoseconds(graph, machine) : links;
  const slow = withSlowLinks(described, slower);
  const shape = linkShape(slow.graph, slow.machine);
  return { slower, shape, predicted: measured === undefined ? slow : asMeasured(slow, measured, true) };
}
