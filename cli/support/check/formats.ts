/** The formats of `stretto check`, by what `--format` calls them. */
import type { ExitCode, Session } from "../session.js";
import { renderGithub } from "./github.js";
import { renderCheckJson } from "./json.js";
import { renderJunit } from "./junit.js";
import type { CheckReport, FileReport } from "./report.js";
import { renderSarif } from "./sarif.js";
import { printFile, printRest } from "./text.js";

export interface CheckFormat {
  /** What is told of a file as soon as it is checked: the formats for machines wait for all. */
  readonly file?: (session: Session, report: FileReport) => void;
  readonly all: (session: Session, report: CheckReport, code: ExitCode) => void;
}

export const formats = {
  text: { file: printFile, all: printRest },
  json: whole((_, report) => renderCheckJson(report)),
  sarif: whole(renderSarif),
  junit: whole(renderJunit),
  github: whole(renderGithub),
} satisfies Readonly<Record<string, CheckFormat>>;

export type FormatName = keyof typeof formats;

/** One text on standard output, and nothing else there. */
function whole(render: (session: Session, report: CheckReport, code: ExitCode) => string): CheckFormat {
  return { all: (session, report, code) => session.output.write(render(session, report, code)) };
}
