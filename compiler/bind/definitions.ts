import type { Declaration, SourceFile } from "../../grammar/ast.js";
import type { Definition, DefinitionKind } from "./bound-program.js";

/** Names of one namespace are unique in a file; collectives may share one, one a word. */
export type Namespace = "names" | "layers" | "schedules" | "collectives";

export function namespaceOf(kind: DefinitionKind): Namespace {
  if (kind === "layer" || kind === "schedule" || kind === "collective") return `${kind}s`;
  return "names";
}

/** With its article, for messages. */
export function describeKind(kind: DefinitionKind): string {
  return kind === "axis" || kind === "op" ? `an ${kind}` : `a ${kind}`;
}

/** All that a file names, in source order. */
export function definitionsOf(path: string, tree: SourceFile): Definition[] {
  return tree.declarations.flatMap((node) => definitionsOfDeclaration(path, node));
}

function definitionsOfDeclaration(file: string, node: Declaration): Definition[] {
  const named = <K extends DefinitionKind>(kind: K, name: { text: string; span: Definition["span"] }, of: unknown) =>
    [{ kind, name: name.text, file, span: name.span, node: of } as Definition] as const;
  switch (node.kind) {
    case "ParamDecl":
      return node.params.flatMap((param) => named("param", param.name, param));
    case "ProfileDecl":
      return [...named("profile", node.name, node)];
    case "AxisDecl":
      return [...named("axis", node.name, node)];
    case "MachineDecl":
      return [...named("machine", node.name, node)];
    case "MeshDecl":
      return node.name ? [...named("mesh", node.name, node)] : [];
    case "TableDecl":
      return [...named("table", node.name, node)];
    case "MonoidDecl":
      return [...named("monoid", node.name, node)];
    case "OpDecl":
      return [...named("op", node.name, node)];
    case "RecordDecl":
      return [...named("record", node.name, node)];
    case "LayerDecl":
      return [...named("layer", node.name, node)];
    case "CollectiveDecl":
      return [...named("collective", node.name, node)];
    case "ScheduleDecl":
      return [...named("schedule", node.name, node)];
    case "ImportDecl":
    case "CheckDecl":
    case "AssumeDecl":
      return [];
  }
}
