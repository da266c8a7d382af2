/**
 * SARIF 2.1.0 (OASIS), which code scanning of GitHub and others read. What is said of a file is a result; what is said of the
 * command line has no place in one, and is a notification of the invocation: readers refuse results without a place.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { catalogue } from "../../../compiler/diagnostics/catalogue.js";
import type { DiagnosticName } from "../../../compiler/diagnostics/catalogue.js";
import { isStandardPath } from "../../../compiler/bind/standard-library.js";
import { renderJson } from "../../../compiler/diagnostics/render-json.js";
import type { JsonDiagnostic, JsonPlace } from "../../../compiler/diagnostics/render-json.js";
import { packagePath, packageVersion } from "../package-files.js";
import type { ExitCode, Session } from "../session.js";
import { pathsFromRoot } from "./paths.js";
import type { PathFromRoot } from "./paths.js";
import { diagnosticsOf } from "./report.js";
import type { CheckReport } from "./report.js";

/** What relative addresses start at: the reader knows where its checkout is. */
const root = "%SRCROOT%";

/** One log with one run. */
export function renderSarif(session: Session, report: CheckReport, code: ExitCode): string {
  const diagnostics = report.files.flatMap((file) =>
    renderJson(diagnosticsOf(file), (path) => file.sources.get(path)).map((diagnostic) => ({
      diagnostic,
      hasPlace: diagnostic.file !== "" && !diagnostic.file.startsWith("--set "),
    })),
  );
  const placed = diagnostics.filter(({ hasPlace }) => hasPlace).map(({ diagnostic }) => diagnostic);
  const unplaced = diagnostics.filter(({ hasPlace }) => !hasPlace).map(({ diagnostic }) => diagnostic);
  const rules = descriptorsOf(placed);
  const notifications = descriptorsOf(unplaced);
  const artifacts = createArtifacts(session);
  for (const { file } of report.files) artifacts.analysed(file);
  const results = placed.map((diagnostic) => resultOf(diagnostic, rules.indexOf(diagnostic), artifacts));

  const run = {
    tool: {
      driver: {
        name: "stretto",
        version: packageVersion(),
        semanticVersion: packageVersion(),
        rules: rules.descriptors,
        notifications: notifications.descriptors,
      },
    },
    invocations: [
      {
        executionSuccessful: unplaced.every(({ severity }) => severity !== "error"),
        exitCode: code,
        toolConfigurationNotifications: unplaced.map((diagnostic) => ({
          descriptor: { id: diagnostic.code, index: notifications.indexOf(diagnostic) },
          level: diagnostic.severity,
          message: { text: diagnostic.message },
        })),
      },
    ],
    originalUriBaseIds: { [root]: { description: { text: "The root of the checkout." } } },
    columnKind: "utf16CodeUnits",
    newlineSequences: ["\r\n", "\n", "\r"],
    artifacts: artifacts.listed,
    results,
  };
  const log = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
  return `${JSON.stringify(log)}\n`;
}

/** The rules of these diagnostics, each once. */
function descriptorsOf(diagnostics: readonly JsonDiagnostic[]) {
  const names = [...new Set(diagnostics.map(({ name }) => name as DiagnosticName))].toSorted();
  return {
    descriptors: names.map(descriptorOf),
    indexOf: ({ name }: JsonDiagnostic) => names.indexOf(name as DiagnosticName),
  };
}

/** The page of a diagnostic is its help; what it says first is its short description. */
function descriptorOf(name: DiagnosticName): object {
  const { code, severity } = catalogue[name];
  const page = readFileSync(packagePath(`docs/diagnostics/${code}-${name}.md`), "utf8");
  const text = (page.split(/\n{2,}/)[1] ?? name).replaceAll("\n", " ").trim();
  return {
    id: code,
    name,
    shortDescription: { text },
    fullDescription: { text },
    help: { text: page, markdown: page },
    defaultConfiguration: { level: severity },
  };
}

interface ArtifactLocation {
  readonly uri: string;
  readonly uriBaseId?: string;
}

interface Artifacts {
  readonly listed: readonly object[];
  /** Says that a file was checked, and not only named. */
  analysed(file: string): void;
  locationOf(file: string): ArtifactLocation & { readonly index: number };
}

function createArtifacts(session: Session): Artifacts {
  const fromRoot = pathsFromRoot(session);
  const listed: { location: ArtifactLocation; encoding: string; roles?: string[] }[] = [];
  // By address: `a.stretto` and `./a.stretto` are one file, and are listed once.
  const indices = new Map<string, number>();

  function indexOf(file: string): number {
    const location = artifactLocation(file, fromRoot, session);
    let index = indices.get(location.uri);
    if (index === undefined) {
      index = listed.push({ location, encoding: "utf-8" }) - 1;
      indices.set(location.uri, index);
    }
    return index;
  }

  return {
    listed,
    analysed: (file) => void (listed[indexOf(file)]!.roles = ["analysisTarget"]),
    locationOf(file) {
      const index = indexOf(file);
      return { ...listed[index]!.location, index };
    },
  };
}

/** Relative below the root of the checkout. A file of the standard library keeps its address, which has a scheme of ours. */
function artifactLocation(file: string, fromRoot: PathFromRoot, { workingDirectory }: Session): ArtifactLocation {
  const path = fromRoot(file);
  if (path !== undefined) return { uri: encoded(path), uriBaseId: root };
  if (isStandardPath(file)) return { uri: file };
  return { uri: pathToFileURL(resolve(workingDirectory, wellFormed(file))).href };
}

function encoded(path: string): string {
  return path
    .split("/")
    .map((part) => encodeURIComponent(wellFormed(part)))
    .join("/");
}

/** Half a character has no UTF-8, and so no address. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

function resultOf(diagnostic: JsonDiagnostic, ruleIndex: number, artifacts: Artifacts): object {
  const { code, severity, message, related } = diagnostic;
  const fixes = diagnostic.fixes.filter(({ edits }) => edits.length > 0);
  const physical = (place: JsonPlace): object => ({
    artifactLocation: artifacts.locationOf(place.file),
    ...regionOf(place),
  });
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: message },
    locations: [{ physicalLocation: physical(diagnostic) }],
    ...(related.length > 0 && {
      relatedLocations: related.map((place, id) => ({
        id,
        physicalLocation: physical(place),
        message: { text: place.message },
      })),
    }),
    ...(fixes.length > 0 && { fixes: fixes.map((fix) => fixOf(fix, artifacts)) }),
  };
}

/** Lines and columns from 1, the end exclusive: as SARIF has it. None where the file has no text to count in. */
function regionOf({ line, column, endLine, endColumn }: JsonPlace): object {
  return line === 0 ? {} : { region: { startLine: line, startColumn: column, endLine, endColumn } };
}

function fixOf({ title, edits }: JsonDiagnostic["fixes"][number], artifacts: Artifacts): object {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifacts.locationOf(file),
      replacements: edits
        .filter((edit) => edit.file === file)
        .map((edit) => {
          const { line, column, endLine, endColumn } = edit;
          const deletedRegion = { startLine: line, startColumn: column, endLine, endColumn };
          return { deletedRegion, insertedContent: { text: edit.newText } };
        }),
    })),
  };
}
