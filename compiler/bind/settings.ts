import type { Expr, SourceFile, TableDecl } from "../../grammar/ast.js";
import { parse } from "../../grammar/parser.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { noPlace } from "../diagnostics/no-place.js";
import { locate } from "./bound-program.js";
import type { Definition, TableDefinition } from "./bound-program.js";
import type { LoadedFile } from "./load.js";
import type { Scopes } from "./scopes.js";
import { didYouMean, nearestName } from "./suggest.js";

/** What a profile or `--set` puts in the place of a definition's own expression. */
export interface Setting {
  readonly value: Expr;
  /** Of tables: a new seed, and the rows that are kept. */
  readonly seed?: Expr;
  readonly guard?: Expr;
  /** Where the text of the value stands. */
  readonly file: string;
  /** Where that of the seed does, if elsewhere. */
  readonly seedFile?: string;
}

export interface Settings {
  readonly of: ReadonlyMap<Definition, Setting>;
  /** The texts of `--set`, each as a file of its own that sees the entry's names. */
  readonly texts: ReadonlyMap<string, string>;
  /** `links speed`, `inputs seed`: what no definition of the file stands for. */
  readonly others: ReadonlyMap<OtherSetting, Setting>;
}

/** How many times as fast as they are described all links are; the seed from which a run's inputs are drawn. */
export const otherSettings = ["links speed", "inputs seed"] as const;
export type OtherSetting = (typeof otherSettings)[number];

export interface SettingOptions {
  readonly profile?: string | undefined;
  /** Where no profile is asked for: the one to take if the entry has it. */
  readonly profileIfThere?: string | undefined;
  readonly set?: ReadonlyMap<string, string> | undefined;
}

/** Reads the profile and then `--set`, which wins; reports names that are none and values that do not parse. */
export function readSettings(
  entry: LoadedFile,
  scopes: Scopes,
  options: SettingOptions,
  diagnostics: DiagnosticCollector,
): Settings {
  const of = new Map<Definition, Setting>();
  const texts = new Map<string, string>();
  const others = new Map<OtherSetting, Setting>();
  const seeds: { readonly table: TableDefinition; readonly setting: Setting }[] = [];
  const settable = (name: string): Definition | undefined =>
    scopes.lookup("names", name, entry.path).find((found) => isSettable(found));

  readProfiles(entry, scopes, options, of, diagnostics);
  for (const [written, text] of options.set ?? []) {
    const name = written.split(/\s+/).join(" ");
    const table = name.endsWith(" seed") ? settable(name.slice(0, -" seed".length)) : undefined;
    const definition = settable(name);
    const other = otherSettings.find((one) => one === name);
    if (!definition && !other && table?.kind !== "table") {
      const hint = didYouMean(nearestName(name, settableNames(name.includes(" "), scopes, entry.path)));
      diagnostics.report("unknown-setting", noPlace, { name, hint });
      continue;
    }
    const file = `--set ${name}`;
    const parsed = parseSetting(definition?.kind === "table", text, file);
    if (!parsed) {
      diagnostics.report("setting-unreadable", noPlace, { name, text });
      continue;
    }
    texts.set(file, parsed.text);
    if (definition) of.set(definition, parsed.setting);
    else if (table?.kind === "table") seeds.push({ table, setting: parsed.setting });
    else others.set(other!, parsed.setting);
  }
  // After the sources, whose seeds they are.
  for (const { table, setting } of seeds) of.set(table, withSeed(table, of.get(table), setting));
  return { of, texts, others };
}

/** A table as it is, or is set to be, but for its seed. */
function withSeed({ node, file }: TableDefinition, set: Setting | undefined, seed: Setting): Setting {
  const own = set ?? { value: node.source!, file, ...(node.guard && { guard: node.guard }) };
  return { ...own, seed: seed.value, seedFile: seed.file };
}

function settableNames(ofTwoWords: boolean, scopes: Scopes, file: string): string[] {
  const known = [...scopes.visible("names", file)].filter(isSettable);
  if (!ofTwoWords) return known.map(({ name }) => name);
  return [...known.filter(({ kind }) => kind === "table").map(({ name }) => `${name} seed`), ...otherSettings];
}

function isSettable(definition: Definition): boolean {
  return definition.kind === "param" || definition.kind === "axis" || definition.kind === "table";
}

/** Every profile of the entry is checked; the one that was asked for is used. */
function readProfiles(
  entry: LoadedFile,
  scopes: Scopes,
  { profile: asked, profileIfThere }: SettingOptions,
  of: Map<Definition, Setting>,
  diagnostics: DiagnosticCollector,
): void {
  const profiles = entry.tree.declarations.filter((node) => node.kind === "ProfileDecl");
  const wanted = asked ?? profileIfThere;
  if (asked !== undefined && !profiles.some((profile) => profile.name.text === asked)) {
    const near = nearestName(
      asked,
      profiles.map((profile) => profile.name.text),
    );
    diagnostics.report("unknown-profile", noPlace, { name: asked, hint: didYouMean(near) });
  }
  for (const profile of profiles) {
    const seen = new Set<string>();
    for (const { name, value } of profile.settings) {
      const place = locate(entry.path, name);
      const definition = scopes.lookup("names", name.text, entry.path).find(isSettable);
      if (!definition) {
        const visible = diagnostics.isFull(entry.path) ? [] : [...scopes.visible("names", entry.path)];
        const near = nearestName(
          name.text,
          visible.filter(isSettable).map((known) => known.name),
        );
        const fixes = near ? [{ title: `write \`${near}\``, edits: [{ location: place, newText: near }] }] : [];
        const parts = { name: name.text, expected: "a param or a table", hint: didYouMean(near) };
        diagnostics.report("unknown-name", place, parts, { fixes });
      } else if (seen.has(name.text)) diagnostics.report("duplicate-setting", place, { name: name.text });
      else if (profile.name.text === wanted) of.set(definition, { value, file: entry.path });
      seen.add(name.text);
    }
  }
}

/**
 * The text is parsed by the grammar, in a declaration of the kind that it sets, blanked out of the text that is kept so
 * that places in it are what the user wrote.
 */
function parseSetting(
  isTable: boolean,
  text: string,
  file: string,
): { readonly setting: Setting; readonly text: string } | undefined {
  const head = isTable ? "table t: a -> b = " : "param p = ";
  const { tree, errors } = parse(head + text);
  if (errors.length > 0 || tree.declarations.length !== 1) return undefined;
  const found = isTable ? tableSetting(tree, file) : paramSetting(tree, file);
  return found && { setting: found, text: " ".repeat(head.length) + text };
}

function paramSetting(tree: SourceFile, file: string): Setting | undefined {
  const [declaration] = tree.declarations;
  if (declaration?.kind !== "ParamDecl" || declaration.params.length !== 1) return undefined;
  return { value: declaration.params[0]!.value, file };
}

function tableSetting(tree: SourceFile, file: string): Setting | undefined {
  const declaration = tree.declarations[0] as TableDecl;
  if (declaration.kind !== "TableDecl" || !declaration.source || declaration.columns.length > 0) return undefined;
  if (declaration.with.length > 0) return undefined;
  const { source, seed, guard } = declaration;
  return { value: source, file, ...(seed && { seed }), ...(guard && { guard }) };
}
