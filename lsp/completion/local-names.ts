import type { Declaration, Identifier, LetTarget, Parameter, Span } from "../../grammar/ast.js";
import { pathText } from "../../compiler/check/schedules.js";
import { placeholder } from "../../grammar/expected.js";
import { dtypeNames } from "../../grammar/dtypes.js";

/** What a declaration has named of its own before the cursor. */
export interface LocalNames {
  /** Tensors and equations, with the place of the type that is written for them. */
  readonly values: ReadonlyMap<string, Span | undefined>;
  /** Axes, as types name them: in an op they are its indices. */
  readonly axes: ReadonlySet<string>;
  /** Numbers: variables of loops and reductions, of a collective the ranks, of a table's row its columns. */
  readonly numbers: ReadonlySet<string>;
  readonly dtypes: ReadonlySet<string>;
  /** Parameters in angle brackets, with what they are said to be. */
  readonly parameters: ReadonlyMap<string, string | undefined>;
  readonly meshAxes: ReadonlySet<string>;
}

type Gathered = {
  values: Map<string, Span | undefined>;
  axes: Set<string>;
  numbers: Set<string>;
  dtypes: Set<string>;
  parameters: Map<string, string | undefined>;
  meshAxes: Set<string>;
};

/** Gathers what a declaration names; what belongs to a loop, a reduction or a rule only where the cursor is inside. */
export function localNames(declaration: Declaration | undefined, cursor: number): LocalNames {
  const found: Gathered = {
    values: new Map(),
    axes: new Set(),
    numbers: new Set(),
    dtypes: new Set(),
    parameters: new Map(),
    meshAxes: new Set(),
  };
  if (declaration !== undefined) walk(declaration, cursor, found);
  for (const names of Object.values(found)) names.delete(placeholder);
  return found;
}

/** Any node of the tree; which kind it is says what else it has. */
type AnyNode = { readonly kind: string; readonly span: Span } & Readonly<Record<string, unknown>>;

function walk(node: object, cursor: number, found: Gathered): void {
  for (const child of Object.values(node) as unknown[])
    if (child && typeof child === "object") walk(child, cursor, found);
  if ("kind" in node && "span" in node) gather(node as AnyNode, cursor, found);
}

const text = (name: unknown): string => (name as Identifier).text;

function gather(node: AnyNode, cursor: number, found: Gathered): void {
  const around = node.span.end >= cursor;
  const addNumber = (name: unknown): void => {
    if (name !== undefined) found.numbers.add(text(name));
  };
  switch (node.kind) {
    case "Parameter":
      for (const name of node["names"] as Identifier[]) found.values.set(name.text, (node["type"] as AnyNode).span);
      return;
    case "LetStatement":
      if (!around)
        for (const { name, type } of node["targets"] as LetTarget[]) found.values.set(pathText(name), type?.span);
      return;
    case "LayerDecl":
      // What a layer gives has no name inside of it.
      for (const { names } of node["results"] as Parameter[]) for (const name of names) found.values.delete(name.text);
      return;
    case "LocalEquation":
      if (!around) found.values.set(text(node["name"]), undefined);
      return;
    case "MonoidRule":
      if (around) for (const name of node["parameters"] as Identifier[]) found.values.set(name.text, undefined);
      return;
    case "AxisSpec": {
      const size = node["size"] as AnyNode;
      if (size.kind === "NameExpr") found.axes.add(text(size["name"]));
      if (node["label"]) found.axes.add(text(node["label"]));
      return;
    }
    case "AxisCut":
    case "AtSpec":
      found.meshAxes.add(text(node["mesh"]));
      return;
    case "PendingSpec":
      for (const axis of node["over"] as Identifier[]) found.meshAxes.add(axis.text);
      return;
    case "TensorType":
      if (node["dtype"] && !dtypeNames.has(text(node["dtype"]))) found.dtypes.add(text(node["dtype"]));
      return;
    case "TypeParameter":
      found.parameters.set(text(node["name"]), node["bound"] === undefined ? undefined : text(node["bound"]));
      return;
    case "RoundLoop":
    case "ForExpr":
      if (around) addNumber(node["variable"]);
      return;
    case "Binder":
      addNumber(node["name"]);
      return;
    case "CollectiveDecl":
      for (const name of [node["over"], ...(node["levels"] as Identifier[])]) addNumber(name);
      for (const name of [node["input"], node["output"]]) if (name) found.values.set(text(name), undefined);
      return;
    case "MeshAxis":
      found.meshAxes.add(text(node["name"]));
      return;
    case "TableColumnDecl":
      addNumber(node["name"]);
  }
}
