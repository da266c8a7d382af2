import { SymbolKind } from "vscode-languageserver";
import type { OutlineEntry } from "../names/outline.js";

/** The protocol has kinds of programming languages: the nearest of each, so that an editor shows different pictures. */
const kinds: Readonly<Partial<Record<OutlineEntry["kind"], SymbolKind>>> = {
  param: SymbolKind.Constant,
  profile: SymbolKind.Object,
  axis: SymbolKind.Enum,
  "axis factor": SymbolKind.EnumMember,
  machine: SymbolKind.Package,
  "rank kind": SymbolKind.Class,
  level: SymbolKind.Package,
  tier: SymbolKind.Field,
  mesh: SymbolKind.Namespace,
  "mesh axis": SymbolKind.EnumMember,
  table: SymbolKind.Array,
  column: SymbolKind.Field,
  monoid: SymbolKind.Interface,
  component: SymbolKind.Field,
  record: SymbolKind.Struct,
  field: SymbolKind.Field,
  op: SymbolKind.Operator,
  equation: SymbolKind.Variable,
  layer: SymbolKind.Function,
  parameter: SymbolKind.Variable,
  result: SymbolKind.Property,
  value: SymbolKind.Variable,
  collective: SymbolKind.Method,
  schedule: SymbolKind.Event,
  check: SymbolKind.Boolean,
};

export function symbolKindOf({ kind }: Pick<OutlineEntry, "kind">): SymbolKind {
  return kinds[kind] ?? SymbolKind.Variable;
}
