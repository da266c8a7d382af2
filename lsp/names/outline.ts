/** What a file declares, as an outline: each declaration, and in it what it names. */
import type { CheckDecl, Declaration, Identifier, Parameter, SourceFile, Span } from "../../grammar/ast.js";
import { pathText } from "../../compiler/check/schedules.js";
import type { SymbolKind } from "./symbols.js";

export interface OutlineEntry {
  readonly name: string;
  readonly kind: SymbolKind | "check";
  /** What stands beside the name: a type, what it is of. */
  readonly detail?: string;
  /** Of the whole, and of the name in it. */
  readonly span: Span;
  readonly nameSpan: Span;
  readonly children: readonly OutlineEntry[];
}

export function outlineOf({ declarations }: SourceFile, text: string): OutlineEntry[] {
  return declarations.flatMap((node) => entriesOf(node, text));
}

function entriesOf(node: Declaration, text: string): OutlineEntry[] {
  const { span } = node;
  const shown = (part: { readonly span: Span }) => text.slice(part.span.start, part.span.end).replaceAll(/\s+/g, " ");
  const entry = (
    kind: OutlineEntry["kind"],
    name: Identifier,
    children: readonly OutlineEntry[] = [],
    detail?: string,
    whole: Span = span,
  ): OutlineEntry => ({ name: name.text, kind, ...(detail && { detail }), span: whole, nameSpan: name.span, children });
  const parameters = (kind: SymbolKind, list: readonly Parameter[]) =>
    list.flatMap(({ names, type, span: whole }) =>
      // Names that share a type each have their own place.
      names.map((name) => entry(kind, name, [], shown(type), names.length > 1 ? name.span : whole)),
    );
  switch (node.kind) {
    case "ImportDecl":
    case "AssumeDecl":
      return [];
    case "ParamDecl":
      return node.params.map(({ name, value, span: whole }) => entry("param", name, [], shown(value), whole));
    case "ProfileDecl":
      return [entry("profile", node.name)];
    case "AxisDecl": {
      const factors = (node.factors ?? []).map((one) =>
        entry("axis factor", one.name, [], one.size && shown(one.size), one.span),
      );
      return [entry("axis", node.name, factors, node.size && shown(node.size))];
    }
    case "MachineDecl":
      return [
        entry(
          "machine",
          node.name,
          node.items.flatMap((item) => {
            if (item.kind === "LinkDecl") return [];
            const kind = item.kind === "RankDecl" ? "rank kind" : item.kind === "LevelDecl" ? "level" : "tier";
            return [entry(kind, item.name, [], undefined, item.span)];
          }),
        ),
      ];
    case "MeshDecl": {
      const axes = node.axes.map((axis) => entry("mesh axis", axis.name, [], shown(axis.size), axis.span));
      const machine = { kind: "Identifier", text: shown(node.machine), span: node.machine.span } as const;
      return [entry("mesh", node.name ?? machine, axes, node.name && shown(node.machine))];
    }
    case "TableDecl": {
      const columns = node.with.map((one) => entry("column", one.name, [], shown(one.axis), one.span));
      return [entry("table", node.name, columns, `${shown(node.from)} -> ${shown(node.to)}`)];
    }
    case "MonoidDecl":
      return [entry("monoid", node.name, parameters("component", node.state))];
    case "OpDecl": {
      const equations = node.equations.map((one) => entry("equation", one.name, [], undefined, one.span));
      return [entry("op", node.name, [...parameters("parameter", node.parameters), ...equations], shown(node.result))];
    }
    case "RecordDecl":
      return [entry("record", node.name, parameters("field", node.fields))];
    case "LayerDecl": {
      const values = node.body.flatMap((statement) =>
        statement.kind === "LetStatement"
          ? statement.targets.flatMap(({ name, type, span: whole }) => {
              const last = name.segments.at(-1);
              const own = statement.targets.length > 1 ? whole : statement.span;
              return last ? [entry("value", last.name, [], type && shown(type), own)] : [];
            })
          : [],
      );
      const [given, made] = [parameters("parameter", node.parameters), parameters("result", node.results)];
      return [entry("layer", node.name, [...given, ...made, ...values], node.results.map(shown).join(", "))];
    }
    case "CollectiveDecl":
      return [entry("collective", node.name, [], `${shown(node.inputType)} -> ${shown(node.outputType)}`)];
    case "ScheduleDecl":
      return [entry("schedule", node.name, [], `of ${shown(node.layer)}`)];
    case "CheckDecl":
      return [checkEntry(node)];
  }
}

function checkEntry({ subject, span }: CheckDecl): OutlineEntry {
  return { name: `check ${pathText(subject)}`, kind: "check", span, nameSpan: subject.span, children: [] };
}
