import type { SourceFile } from "../../grammar/ast.js";
import { createAxisFactors } from "./axis-factors.js";
import { createCollector } from "../diagnostics/collector.js";
import { withLinkSpeed } from "../machine/measured-machine.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { BoundFile, BoundProgram, Definition } from "./bound-program.js";
import { reportLaterNouns } from "./later-nouns.js";
import { loadFiles } from "./load.js";
import type { LoadedFile } from "./load.js";
import { createMachines } from "./machines.js";
import { plain } from "./quantity.js";
import type { Quantity } from "./quantity.js";
import { noMemory, type Memory } from "./memory.js";
import { inputSeedOf, linkSpeedOf } from "./other-settings.js";
import { createNameReporter } from "./report-unknown-name.js";
import { createScopes } from "./scopes.js";
import type { Scopes } from "./scopes.js";
import { readSettings } from "./settings.js";
import type { SettingOptions, Settings } from "./settings.js";
import { expectSize } from "./sizes.js";
import type { ReadResult, SourceHost } from "./source-host.js";
import { createStandardNames } from "./standard-names.js";
import { makeTables } from "./tables.js";
import { createValues } from "./values.js";
import type { Values } from "./values.js";

export interface BindOptions extends SettingOptions {
  /** Lay the entry's mesh over this machine instead: a name of the entry's, or of std/machines. */
  readonly machine?: string | undefined;
  /** Where diagnostics go; a new one where it is not given. */
  readonly diagnostics?: DiagnosticCollector;
  /** Of the last run over these files with these options. */
  readonly memory?: Memory;
}

export interface BindResult {
  /** Absent where the entry cannot be read. With errors, it holds all that is without. */
  readonly bound: BoundProgram | undefined;
  readonly diagnostics: DiagnosticCollector;
}

/**
 * Reads a file and what it imports, gives every name its meaning and every param, mesh, machine and table its value.
 * Never throws for a mistake of the user's. `set` holds the texts of `--set name=text`.
 */
export function bind(entry: string, host: SourceHost, options: BindOptions = {}): BindResult {
  const diagnostics = options.diagnostics ?? createCollector();
  const memory = options.memory ?? noMemory;
  const loaded = loadFiles(entry, host, diagnostics, memory);
  const entryFile = loaded?.get(entry);
  if (!loaded || !entryFile) return { bound: undefined, diagnostics };

  for (const file of loaded.values()) reportLaterNouns(file.path, file.tree, diagnostics);
  const declared = createScopes(loaded, diagnostics);
  const settings = readSettings(entryFile, declared, options, diagnostics);
  const scopes = withSettingTexts(declared, settings, entry);
  const standardNames = createStandardNames(host);
  const reportUnknownName = createNameReporter(loaded, scopes, standardNames, diagnostics);
  const values = createValues(scopes, settings.of, diagnostics, reportUnknownName);
  const recorded = createRecordedFiles(host);
  const textOf = (file: string) => loaded.get(file)?.text ?? settings.texts.get(file) ?? recorded.textOf(file);

  evaluateAll(loaded, scopes, values);
  const machines = createMachines({ host, loaded, scopes, values, diagnostics, reportUnknownName });
  const linkSpeed = linkSpeedOf(settings, values, diagnostics);
  const inputSeed = inputSeedOf(settings, values, diagnostics);
  const meshes = machines
    .meshesOf(entryFile, options.machine)
    .map(({ machine, ...mesh }) => ({ ...mesh, ...(machine && { machine: withLinkSpeed(machine, linkSpeed) }) }));
  machines.checkOthers();
  const definitions = [...loaded.values()].flatMap((file) => scopes.own(file.path));
  const factors = createAxisFactors(definitions, values, diagnostics);
  const tables = makeTables(
    definitions.filter((definition) => definition.kind === "table"),
    {
      ...{ entry, scopes, values, diagnostics, reportUnknownName, read: recorded.read, settings: settings.of, memory },
      textOf: (path: string) => textOf(path) ?? "",
    },
  );

  const find = <K extends Definition["kind"]>(kind: K, definitions: readonly Definition[]) =>
    definitions.filter((one): one is Extract<Definition, { kind: K }> => one.kind === kind);
  const bound: BoundProgram = {
    entry,
    files: new Map([...loaded.values()].map((file) => [file.path, boundFile(file, scopes)])),
    diagnostics,
    params: paramsOf(entry, scopes, values),
    meshes,
    ...meshes[0],
    ...(inputSeed !== undefined && { inputSeed }),
    tables: tables.all,
    tableIndex: tables.indexOf,
    sourceText: textOf,
    lookup: (name, file) => scopes.lookup("names", name, file)[0],
    lookupLayer: (name, file) => find("layer", scopes.lookup("layers", name, file))[0],
    lookupSchedule: (name, file) => find("schedule", scopes.lookup("schedules", name, file))[0],
    lookupCollectives: (name, file) => find("collective", scopes.lookup("collectives", name, file)),
    factorsOf: factors.of,
    evaluate: (expression, file, names) =>
      values.evaluate(expression, file, names, {
        rowsOf(name) {
          const found = tables.named(name, file);
          return found && { value: found.table.rowCount, dimension: plain };
        },
      }),
    evaluateCost: (expression, file, names) => values.evaluate(expression, file, names, { inexact: true }),
    evaluateSize(expression, file, what, names) {
      const quantity = values.evaluate(expression, file, names);
      return quantity && expectSize(quantity, { diagnostics, file, expression, what });
    },
    reportUnknownName,
  };
  return { bound, diagnostics };
}

/** Reads files of tables once, and keeps their texts for diagnostics that name them. */
function createRecordedFiles(host: SourceHost) {
  const results = new Map<string, ReadResult>();
  return {
    read(path: string): ReadResult {
      const result = results.get(path) ?? host.read(path);
      results.set(path, result);
      return result;
    },
    textOf(path: string): string | undefined {
      const result = results.get(path);
      return result && "text" in result ? result.text : undefined;
    },
  };
}

/** The text of a `--set` sees what the entry sees. */
function withSettingTexts(scopes: Scopes, settings: Settings, entry: string): Scopes {
  const fileOf = (file: string) => (settings.texts.has(file) ? entry : file);
  return {
    own: (file) => scopes.own(file),
    lookup: (namespace, name, file) => scopes.lookup(namespace, name, fileOf(file)),
    visible: (namespace, file) => scopes.visible(namespace, fileOf(file)),
  };
}

/** Asks for every param and axis once, so that mistakes are reported whether it is used or not. */
function evaluateAll(files: ReadonlyMap<string, LoadedFile>, scopes: Scopes, values: Values): void {
  for (const file of files.keys()) for (const definition of scopes.own(file)) values.of(definition);
}

function paramsOf(entry: string, scopes: Scopes, values: Values): ReadonlyMap<string, Quantity> {
  const params = new Map<string, Quantity>();
  for (const definition of scopes.visible("names", entry)) {
    if (definition.kind !== "param" || params.has(definition.name)) continue;
    const quantity = values.of(definition);
    if (quantity) params.set(definition.name, quantity);
  }
  return params;
}

function boundFile(file: LoadedFile, scopes: Scopes): BoundFile {
  const { path, text, tree, isStandard } = file;
  return {
    path,
    text,
    tree,
    isStandard,
    definitions: scopes.own(path),
    layers: declarationsOf(tree, "LayerDecl"),
    schedules: declarationsOf(tree, "ScheduleDecl"),
    checks: declarationsOf(tree, "CheckDecl"),
  };
}

type DeclarationOf<K extends string> = Extract<SourceFile["declarations"][number], { kind: K }>;

function declarationsOf<K extends "LayerDecl" | "ScheduleDecl" | "CheckDecl">(tree: SourceFile, kind: K) {
  return tree.declarations.filter((node): node is DeclarationOf<K> => node.kind === kind);
}
