/** How messages and lists call what names denote. */
import { isStandardPath, standardModuleOf } from "../../compiler/bind/standard-library.js";
import type { BuiltIn, NameSymbol, SymbolKind } from "./symbols.js";

const called: Readonly<Partial<Record<SymbolKind, string>>> = {
  column: "column of a table",
  component: "component of a state",
  index: "index",
  part: "part of a split",
  size: "size of a collective",
  position: "number of a collective",
  state: "state of a monoid",
};

/** `the layer \`moe\``. */
export function describeSymbol({ kind, name, file }: NameSymbol): string {
  const module = isStandardPath(file) ? ` of std/${standardModuleOf(file)}` : "";
  return `the ${called[kind] ?? kind} \`${name}\`${module}`;
}

const builtIns: Readonly<Record<BuiltIn, string>> = {
  word: "a word of the language",
  function: "a function of the language",
  constant: "a number of the language",
  dtype: "a dtype",
  unit: "a unit",
  type: "a type of the language",
  column: "a column that every table has",
  rank: "the rank that sends",
  engine: "an engine",
  grain: "a grain",
  distribution: "a source of rows of the language",
  topology: "a topology of links",
  property: "a property that the language names",
  setting: "a setting that the language names",
};

/** `a unit`. */
export function describeBuiltIn(builtIn: BuiltIn): string {
  return builtIns[builtIn];
}
