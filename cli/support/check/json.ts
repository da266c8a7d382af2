import { renderJson } from "../../../compiler/diagnostics/render-json.js";
import { positionsIn } from "../../../evidence/source-places.js";
import { diagnosticsOf } from "./report.js";
import type { CheckReport, FileReport } from "./report.js";

/** One object: `files`, each with its claims and diagnostics; under `--changed`, `unaffected` names the others. */
export function renderCheckJson({ files, changed }: CheckReport): string {
  const unaffected = changed === undefined ? {} : { unaffected: changed.unaffected };
  return `${JSON.stringify({ files: files.map(fileJson), ...unaffected })}\n`;
}

function fileJson(report: FileReport): object {
  const { file, outcomes, sources } = report;
  const positionOf = positionsIn(sources);
  return {
    file,
    claims: outcomes.map(({ subject, claim, text, state, measured, limit, property }) => ({
      subject,
      claim: text,
      state,
      measured,
      limit,
      ...positionOf(claim.location),
      ...property,
    })),
    diagnostics: renderJson(diagnosticsOf(report), (path) => sources.get(path)),
  };
}
