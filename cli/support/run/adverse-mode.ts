/** `stretto run --adversary`: its options, and what they do. */
import { Option } from "commander";
import type { ScheduleIR } from "../../../compiler/check/ir.js";
import { createDiagnostic } from "../../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import type { DeviceName } from "../../../runtime/run/run.js";
import type { LoadedProgram } from "../../../evidence/load.js";
import { wholeNumber } from "../options.js";
import type { ProgramOptions } from "../options.js";
import { commandLinePlace, reportDiagnostics } from "../report.js";
import type { ExitCode, Session } from "../session.js";
import { adverseJson, adverseText } from "./adverse-report.js";
import { runAdverse } from "./adverse.js";

export interface AdversaryOptions {
  readonly adversary?: number;
  readonly adversarySeed?: number;
}

export function adversaryOption(): Option {
  return new Option(
    "--adversary <n>",
    "Compute each schedule in n orders that its plan leaves open, drawn as badly as they come, and say whether all come " +
      "to the same bits as the planned one.",
  )
    .argParser(wholeNumber(1))
    .conflicts("repeat");
}

export function adversarySeedOption(): Option {
  return new Option(
    "--adversary-seed <s>",
    "The seed of the first of these orders, 1 without it; the others have those that follow.",
  ).argParser(wholeNumber(0, 2 ** 31));
}

export function misusedAdversary({
  device,
  adversary,
  adversarySeed,
}: AdversaryOptions & { readonly device: DeviceName }): Diagnostic | undefined {
  if (adversary !== undefined && device !== "cpu")
    return createDiagnostic("option-of-device", commandLinePlace, { option: "--adversary", device: "cpu" });
  if (adversarySeed === undefined || adversary !== undefined) return undefined;
  const needs = {
    option: "--adversary-seed",
    needed: "--adversary N",
    reason: "it is the seed of the first of N orders",
  };
  return createDiagnostic("option-needs", commandLinePlace, needs);
}

/** Runs schedules in many orders, and tells what they came to. */
export function runOrders(
  session: Session,
  loaded: LoadedProgram,
  schedules: readonly ScheduleIR[],
  options: ProgramOptions & AdversaryOptions & { readonly all?: boolean; readonly verify: boolean },
): ExitCode {
  const { file, sources } = loaded;
  const { adversary = 1, adversarySeed = 1 } = options;
  const asked = { ...options, adversary, adversarySeed };
  const ran = runAdverse(session, loaded, schedules, asked);
  const wrong = "value" in ran ? ran.value.flatMap(({ problems }) => problems) : ran.diagnostics;
  if ("value" in ran && !options.json) session.output.write(adverseText(session, loaded, asked, ran.value));
  else if ("value" in ran && wrong.length === 0) session.output.write(adverseJson(file, asked, ran.value));
  return reportDiagnostics(session, { diagnostics: wrong, sources, ...(options.json && { json: { file } }) });
}
