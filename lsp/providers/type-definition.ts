/**
 * What a thing is made of, or is one of. Of a value: the op or the layer whose call makes it, the outermost where calls are
 * nested. Of a parameter, a result or a value whose type is written: the axes, tables, monoids and records that its type
 * names. Of a table the axes it relates, of a column the one it points into. Of a mesh and its axes the machine, of a
 * schedule the layer, of a factor its axis, of a component its monoid, of a level the machine it is made of.
 */
import type { Expr, Identifier, Span } from "../../grammar/ast.js";
import { placeAt } from "../documents/names.js";
import type { ProgramNames } from "../names/program-names.js";
import { withoutAliases } from "../names/symbols.js";
import type { NameSymbol, SymbolKind } from "../names/symbols.js";
import type { Provider } from "../provider.js";
import { declarationsIn } from "./definition.js";

/** What a type is told by. */
const ofTypes: ReadonlySet<SymbolKind> = new Set([
  "param",
  "axis",
  "table",
  "monoid",
  "record",
  "axis variable",
  "alias",
]);

export const typeDefinitionProvider: Provider = {
  capabilities: () => ({ typeDefinitionProvider: true }),
  register(connection, server) {
    connection.onTypeDefinition(({ textDocument: { uri }, position }) => {
      const found = placeAt(server, uri, position);
      if (!found) return null;
      const { analysis, names, place } = found;
      const { via, symbols } = place.occurrence;
      const made = via ? symbols : withoutAliases(symbols).flatMap((symbol) => typeOf(symbol, names));
      const asksForLinks = server.client.textDocument?.typeDefinition?.linkSupport === true;
      return made.length > 0
        ? declarationsIn([...new Set(made)], names, analysis, asksForLinks ? place : undefined)
        : null;
    });
  },
};

function typeOf(symbol: NameSymbol, names: ProgramNames): readonly NameSymbol[] {
  const { node, file } = symbol;
  const named = (span: Span | undefined) => (span ? namedWithin(span, file, names) : []);
  const of = (span: Span | undefined) => named(span).filter(({ kind }) => ofTypes.has(kind));
  const container = (kind: SymbolKind) =>
    symbol.within && "name" in symbol.within
      ? namedWithin((symbol.within.name as Identifier).span, file, names).filter((one) => one.kind === kind)
      : [];
  switch (node?.kind) {
    case "Parameter":
      return symbol.kind === "component" ? container("monoid") : of(node.type.span);
    case "LetStatement": {
      const written = node.targets.flatMap(({ type }) => of(type?.span));
      return written.length > 0 ? written : named(calleeOf(node.value)?.span);
    }
    case "TableDecl":
      return [...of(node.from.span), ...of(node.to.span)];
    case "TableColumnDecl":
      return of(node.axis.span);
    case "MeshDecl":
      return named(node.machine.span).slice(0, 1);
    case "MeshAxis":
      return machineOfAxis(symbol, names);
    case "ScheduleDecl":
      return named(node.layer.span);
    case "AxisFactor":
      return container("axis");
    case "LevelDecl":
      return named(node.machine.span).slice(0, 1);
    default:
      return [];
  }
}

function machineOfAxis({ within, file }: NameSymbol, names: ProgramNames): readonly NameSymbol[] {
  const mesh = names.declarations(file).find((declaration) => declaration === within);
  return mesh?.kind === "MeshDecl" ? namedWithin(mesh.machine.span, file, names).slice(0, 1) : [];
}

/** The name that the outermost call of a value calls. */
function calleeOf(value: Expr): Identifier | undefined {
  return value.kind === "CallExpr" && value.callee.kind === "NameExpr" ? value.callee.name : undefined;
}

function namedWithin(span: Span, file: string, names: ProgramNames): readonly NameSymbol[] {
  const declaration = names.declarations(file).find((one) => one.span.start <= span.start && span.end <= one.span.end);
  if (!declaration) return [];
  return names
    .of(declaration, file)
    .filter(({ node }) => span.start <= node.span.start && node.span.end <= span.end)
    .flatMap(({ symbols }) => symbols);
}
