/** What the names in types mean inside one op or layer: its parameters once a call has bound them, then its file's names. */
import type { Identifier, TypeParameter } from "../../grammar/ast.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import { plain } from "../bind/quantity.js";
import type { Quantity } from "../bind/quantity.js";
import { didYouMean, nearestName } from "../bind/suggest.js";
import { columnNames } from "../graph/table-columns.js";
import { columnAxis } from "./check-context.js";
import type { CheckContext } from "./check-context.js";
import type { AxisIR } from "./ir.js";

export interface TypeEnvironment {
  /** Where the types stand. */
  readonly file: string;
  /** Name of the op or layer. */
  readonly callee: string;
  /** Type parameters by name. */
  readonly declared: ReadonlyMap<string, TypeParameter>;
  /** Names that mean nothing else are type parameters too: in ops, and in layers that declare some. */
  readonly implicit: boolean;
  /** A layer's axis variables carry the layout of the argument's axis; an op has none. */
  readonly carriesCuts: boolean;
  readonly axes: Map<string, BoundAxis>;
  /** Axes by label (`r` in `r: rows(R)`). */
  readonly labels: Map<string, AxisIR>;
  readonly tables: Map<string, number>;
  readonly meshAxes: Map<string, number>;
  readonly dtypes: Map<string, { dtype: string; place: string }>;
  readonly numbers: Map<string, number>;
  pack?: BoundPack;
}
export interface BoundAxis {
  readonly axis: AxisIR;
  /** The parameter that bound it. */
  readonly place: string;
}
export interface BoundPack {
  readonly axes: readonly AxisIR[];
  readonly place: string;
}

export function createEnvironment(
  file: string,
  callee: string,
  typeParameters: readonly TypeParameter[],
  kind: "op" | "layer",
): TypeEnvironment {
  return {
    file,
    callee,
    declared: new Map(typeParameters.map((parameter) => [parameter.name.text, parameter])),
    implicit: kind === "op" || typeParameters.length > 0,
    carriesCuts: kind === "layer",
    axes: new Map(),
    labels: new Map(),
    tables: new Map(),
    meshAxes: new Map(),
    dtypes: new Map(),
    numbers: new Map(),
  };
}

/** Sizes and numbers that expressions of this environment may name. */
export function namedNumbers(environment: TypeEnvironment): Map<string, Quantity> {
  const names = new Map<string, Quantity>();
  for (const [name, axis] of environment.labels) names.set(name, { value: axis.size, dimension: plain });
  for (const [name, { axis }] of environment.axes) names.set(name, { value: axis.size, dimension: plain });
  for (const [name, value] of environment.numbers) names.set(name, { value, dimension: plain });
  return names;
}

/** Index of the table a name means; reported where it means none. */
export function tableNamed(name: Identifier, environment: TypeEnvironment, context: CheckContext): number | undefined {
  const known = environment.tables.get(name.text);
  if (known !== undefined) return known;
  const definition = context.bound.lookup(name.text, environment.file);
  if (definition?.kind === "table") return context.bound.tableIndex(definition);
  context.bound.reportUnknownName(name, environment.file, "a table", ["table"], environment.tables.keys());
  return undefined;
}

/** Whether a table has a column; reported where it has none of that name. */
export function hasColumn(
  table: number,
  column: Identifier,
  { file }: Pick<TypeEnvironment, "file">,
  context: CheckContext,
): boolean {
  const names = columnNames(context.tables[table]!);
  if (names.includes(column.text)) return true;
  const near = nearestName(column.text, names);
  const place = { file, span: column.span };
  const fixes = near ? [{ title: `write \`${near}\``, edits: [{ location: place, newText: near }] }] : [];
  const parameters = {
    ...{ table: context.tables[table]!.name, name: column.text },
    ...{ known: names.map((name) => `\`${name}\``).join(", "), hint: didYouMean(near) },
  };
  context.diagnostics.report("no-such-column", place, parameters, { fixes });
  return false;
}

/** A declared table parameter that no argument has bound yet. */
export function isUnboundTable(name: string, environment: TypeEnvironment): boolean {
  return environment.declared.get(name)?.bound?.text === "table" && !environment.tables.has(name);
}

/** Index of the mesh axis a name means; reported where it means none. */
export function meshAxisNamed(
  name: Identifier,
  environment: TypeEnvironment,
  context: CheckContext,
): number | undefined {
  const known = environment.meshAxes.get(name.text);
  if (known !== undefined) return known;
  const index = context.mesh.axes.findIndex((axis) => axis.name === name.text);
  if (index >= 0) return index;
  // Without a mesh nothing can be named; that is said once, where the layer stands.
  if (context.bound.meshes[context.meshIndex]?.mesh) {
    const list = context.mesh.axes.map((axis) => `\`${axis.name}\``).join(", ") || "none";
    context.diagnostics.report(
      "unknown-mesh-axis",
      { file: environment.file, span: name.span },
      { name: name.text, known: list },
    );
  }
  return undefined;
}

export function dtypeNamed(name: Identifier, environment: TypeEnvironment, context: CheckContext): string | undefined {
  if (dtypeNames.has(name.text)) return name.text;
  const bound = environment.dtypes.get(name.text);
  if (bound) return bound.dtype;
  context.bound.reportUnknownName(name, environment.file, "a dtype", [], [...dtypeNames, ...environment.dtypes.keys()]);
  return undefined;
}

/** `rows(gate)`. */
export function rowsAxis(table: number, context: CheckContext): AxisIR {
  const { name, rowCount } = context.tables[table]!;
  return { name: `rows(${name})`, size: rowCount, table, cuts: [] };
}

/** The axis `R.from` or `R.to` points into. */
export function tableColumnAxis(table: number, column: string, context: CheckContext): AxisIR {
  return { ...columnAxis(context.tables, table, column), cuts: [] };
}

/** Axes declared by the same name, and of one size; one that is only a number, or an expression, has no name to differ in. */
export function sameAxis(a: AxisIR, b: AxisIR): boolean {
  if (a.size !== b.size || a.table !== b.table) return false;
  return a.table !== undefined || declaredName(a) === declaredName(b) || isAnonymous(a) || isAnonymous(b);
}

const declaredName = ({ name, declared }: AxisIR): string => declared ?? name;

function isAnonymous(axis: AxisIR): boolean {
  return !/^[A-Za-z_]/.test(axis.name);
}
