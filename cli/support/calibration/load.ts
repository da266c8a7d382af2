/** The machine that `stretto calibrate` wrote to a file. */
import { bind } from "../../../compiler/bind/bind.js";
import { createDiagnostic } from "../../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import type { MachineModel } from "../../../compiler/machine/model.js";
import { hostFor } from "../load.js";
import { commandLinePlace } from "../report.js";
import type { Session } from "../session.js";

/** A computer that was measured, and the file that says so. */
export interface LoadedCalibration {
  readonly path: string;
  readonly machine: MachineModel;
}

/** The machine of the file's mesh, whose ranks are of one kind, and were measured. */
export function loadCalibration(
  session: Session,
  path: string,
):
  | { readonly value: LoadedCalibration }
  | { readonly diagnostics: readonly Diagnostic[]; readonly sources: ReadonlyMap<string, string> } {
  const { bound, diagnostics } = bind(path, hostFor(session, path));
  const sources = new Map([...(bound?.files.values() ?? [])].map((file) => [file.path, file.text]));
  if (diagnostics.hasErrors()) return { diagnostics: diagnostics.list(), sources };
  const machine = bound?.meshes[0]?.machine;
  const refuse = (reason: string, ranks: number) => ({ diagnostics: [unfit(path, reason, ranks)], sources });
  if (machine === undefined) return refuse("it has no mesh", 4);
  if (machine.kinds.length > 1) return refuse(`ranks of ${machine.name} differ`, machine.rankCount);
  if (machine.kinds[0]!.device === undefined)
    return refuse(`${machine.name} was not measured: its rank states no \`dispatch\``, machine.rankCount);
  return { value: { path, machine } };
}

/** A calibration that does not tell what a schedule takes. */
export function unfit(path: string, reason: string, ranks: number): Diagnostic {
  return createDiagnostic("not-a-calibration", { ...commandLinePlace, file: path }, { path, reason, ranks });
}
